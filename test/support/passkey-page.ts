import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Browser, chromium, type Page } from 'playwright-core';

/** What a page of a team does, with nothing but what browsers have (`docs/two-factor.md`). */
const SCRIPT = `
  const call = async (path, body, token) => {
    const answer = await fetch(API + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token && { authorization: 'Bearer ' + token }) },
      body: JSON.stringify(body ?? {}),
    });
    const text = await answer.text();
    return { status: answer.status, body: text && JSON.parse(text) };
  };
  const make = async (options) =>
    (await navigator.credentials.create({
      publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options),
    })).toJSON();
  const show = async (options) =>
    (await navigator.credentials.get({
      publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options),
    })).toJSON();

  const register = async (token, name) => {
    const options = await call('/v1/users/me/two-factor/passkeys/options', {}, token);
    const credential = await make(options.body);
    return call('/v1/users/me/two-factor/passkeys', { name, credential }, token);
  };
  const signIn = async () => {
    const options = await call('/v1/auth/passkey/options');
    return call('/v1/auth/passkey', { assertion: await show(options.body) });
  };
  const signInWithPassword = async (email, password) => {
    const { body: { challengeToken } } = await call('/v1/auth/login', { email, password });
    const options = await call('/v1/auth/login/two-factor/passkey-options', { challengeToken });
    const assertion = await show(options.body);
    return call('/v1/auth/login/two-factor', { challengeToken, method: 'passkey', assertion });
  };
  const proveAgain = async (token) => {
    const options = await call('/v1/auth/reauthenticate/passkey-options', {}, token);
    return call('/v1/auth/reauthenticate', { assertion: await show(options.body) }, token);
  };
`;

/** Serves one page at an origin of its own. */
export class PageServer {
  api = '';
  readonly #server: Server = createServer((_, response) => {
    response.setHeader('content-type', 'text/html');
    response.end(
      `<!doctype html><title>A page</title><script>const API = ${JSON.stringify(this.api)};${SCRIPT}</script>`,
    );
  });

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  origin(host = 'localhost'): string {
    return `http://${host}:${String((this.#server.address() as AddressInfo).port)}`;
  }

  async close(): Promise<void> {
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

export const launchChromium = (): Promise<Browser> =>
  chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });

/** A page whose browser has an authenticator built in: nobody touches it, it says that somebody did. */
export async function openWithAuthenticator(browser: Browser, url: string): Promise<Page> {
  const context = await browser.newContext();
  const page = await context.newPage();
  const devTools = await context.newCDPSession(page);
  await devTools.send('WebAuthn.enable');
  await devTools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      ctap2Version: 'ctap2_1',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  await page.goto(url);
  return page;
}
