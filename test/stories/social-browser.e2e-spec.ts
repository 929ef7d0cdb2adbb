import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { withAuthenticator } from '../support/authenticator.js';
import { hasChromium } from '../support/chromium.js';
import { Make } from '../support/make.js';
import { type OpenIdProvider, startOpenIdProvider } from '../support/openid-provider.js';
import { launchChromium } from '../support/passkey-page.js';
import { SocialVisits } from '../support/social-visits.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

jest.setTimeout(120_000);

const withBrowser = hasChromium ? describe : describe.skip;
if (!hasChromium) console.warn('No chromium: providers in a real browser are not tried');

type Headers = Readonly<Record<string, string>>;

const as = (token: string): Headers => ({ authorization: `Bearer ${token}` });

interface Told {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>> & { readonly accessToken: string };
}

/** A port that is free now: a provider must know where people come back to before this server listens. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

withBrowser('Signing in with a provider, in a real browser', () => {
  let providers: OpenIdProvider[];
  let test: TestApp;
  let visits: SocialVisits;
  let browser: Browser;
  let spa: Server;
  let spaOrigin: string;
  let publicUrl: string;

  beforeAll(async () => {
    spa = createServer((_, response) => {
      response.setHeader('content-type', 'text/html');
      response.end('<!doctype html><title>An app</title><h1>An app</h1>');
    }).listen(0, '127.0.0.1');
    await once(spa, 'listening');
    spaOrigin = `http://localhost:${String((spa.address() as AddressInfo).port)}`;
    const port = await freePort();
    publicUrl = `http://localhost:${String(port)}`;
    providers = [
      await startOpenIdProvider('acme', publicUrl),
      await startOpenIdProvider('other', publicUrl),
    ];
    test = await startTestApp({
      environment: {
        PUBLIC_URL: publicUrl,
        CORS_ORIGINS: spaOrigin,
        ...providers[0]!.environment,
        ...providers[1]!.environment,
      },
    });
    await test.app.listen(port, '127.0.0.1');
    visits = new SocialVisits(test, providers[0]!);
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser.close();
    await test.close();
    for (const each of providers) await each.close();
    spa.closeAllConnections();
    spa.close();
  });

  const newPage = async () => (await browser.newContext()).newPage();

  /** Clicks through the pages of the provider, as she sees them. */
  const signInThere = async (page: Page, login: string) => {
    await page.fill('input[name=login]', login);
    await page.fill('input[name=password]', 'any');
    await page.click('button[type=submit]');
    await page.getByText('Continue').click();
    await page.waitForURL((url) => !url.pathname.startsWith('/interaction') && !isOfProvider(url));
  };
  const isOfProvider = ({ origin }: URL) => providers.some(({ issuer }) => issuer === origin);

  const authorize = (redirectTo: string, more: Readonly<Record<string, string>> = {}) =>
    `${publicUrl}/v1/auth/social/acme/authorize?${new URLSearchParams({ redirectTo, ...more }).toString()}`;

  /** What a page gets that asks this server. */
  const ask = (page: Page, path: string, body?: object, headers: Headers = {}): Promise<Told> =>
    page.evaluate(
      async ([url, sent, more]) => {
        const answer = await fetch(url, {
          method: sent === null ? 'GET' : 'POST',
          credentials: 'include',
          headers: {
            ...(sent !== null && { 'content-type': 'application/json' }),
            ...more,
          },
          body: sent,
        });
        return { status: answer.status, body: (await answer.json()) as Told['body'] };
      },
      [publicUrl + path, body ? JSON.stringify(body) : null, headers] as const,
    );

  it('she clicks, consents, comes back, and is signed in with a cookie that no script sees', async () => {
    const { sub, email } = visits.someone();
    const page = await newPage();
    await page.goto(authorize(`${publicUrl}/docs`));
    await signInThere(page, sub);
    expect(new URL(page.url()).pathname).toMatch(/^\/docs/);
    expect(await ask(page, '/v1/users/me')).toMatchObject({ status: 200, body: { email } });
    const session = (await page.context().cookies()).find(({ name }) => name === 'session');
    expect(session).toMatchObject({ httpOnly: true, sameSite: 'Lax' });
    expect(await page.evaluate<string>('document.cookie')).not.toContain('session=');
  });

  it('a page of another origin gets a code, and a session for it with its verifier', async () => {
    const { sub, email } = visits.someone();
    const codeVerifier = 'a verifier that the page has kept for itself all the time';
    const codeChallenge = createHash('sha256').update(codeVerifier).digest('base64url');
    const page = await newPage();
    await page.goto(spaOrigin);
    const url = authorize(`${spaOrigin}/signed-in`, { transport: 'token', codeChallenge });
    await page.evaluate(`location.href = ${JSON.stringify(url)}`);
    await page.waitForURL(isOfProvider);
    await signInThere(page, sub);
    const landed = new URL(page.url());
    expect(landed.origin + landed.pathname).toBe(`${spaOrigin}/signed-in`);
    const shown = { code: landed.searchParams.get('code'), codeVerifier };
    const { status, body } = await ask(page, '/v1/auth/social/exchange', shown);
    expect({ status, told: body['status'] }).toEqual({ status: 200, told: 'authenticated' });
    expect(await ask(page, '/v1/users/me', undefined, as(body.accessToken))).toMatchObject({
      body: { email },
    });
    expect((await ask(page, '/v1/auth/social/exchange', shown)).status).toBe(401);
  });

  it('links a second provider to the account, and comes in with either', async () => {
    const { user, token } = await new Make(test).signedIn();
    const page = await newPage();
    await page.goto(spaOrigin);
    const subs = [visits.someone().sub, visits.someone().sub];
    providers[1]!.people.set(subs[1]!, {});
    for (const [i, name] of ['acme', 'other'].entries()) {
      const begun = await ask(
        page,
        `/v1/users/me/social-accounts/${name}/authorize`,
        { redirectTo: `${spaOrigin}/settings` },
        as(token),
      );
      await page.goto(String(begun.body['url']));
      await signInThere(page, subs[i]!);
      expect(page.url()).toBe(`${spaOrigin}/settings?linked=true`);
    }
    const { body } = await ask(page, '/v1/users/me/social-accounts', undefined, as(token));
    expect(body['items']).toMatchObject([{ provider: 'acme' }, { provider: 'other' }]);
    const again = await newPage();
    await again.goto(authorize('/docs').replace('/acme/', '/other/'));
    await signInThere(again, subs[1]!);
    expect(await ask(again, '/v1/users/me')).toMatchObject({ body: { id: user.id } });
  });

  it('is asked for her second factor after the provider, and is nobody before', async () => {
    const { sub } = visits.someone();
    const { id } = await visits.whoIs((await visits.visit(sub)).session);
    const phone = await withAuthenticator(test, id);
    const page = await newPage();
    await page.goto(authorize(`${spaOrigin}/signed-in`));
    await signInThere(page, sub);
    const { hash } = new URL(page.url());
    const told = new URLSearchParams(hash.slice(1));
    expect(told.get('status')).toBe('two_factor_required');
    expect((await ask(page, '/v1/users/me')).status).toBe(401);
    const proof = { challengeToken: told.get('challengeToken'), method: 'totp' };
    const csrf = await ask(page, '/v1/auth/csrf');
    const shown = { ...proof, code: phone.code() };
    const headers = { 'x-xsrf-token': String(csrf.body['token']) };
    const done = await ask(page, '/v1/auth/login/two-factor', shown, headers);
    expect(done).toMatchObject({ status: 200, body: { status: 'authenticated' } });
    expect(await ask(page, '/v1/users/me')).toMatchObject({ status: 200, body: { id } });
  });
});
