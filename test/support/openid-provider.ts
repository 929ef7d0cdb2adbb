import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type Provider from 'oidc-provider';
import type { Configuration } from 'oidc-provider';

/** What the provider knows of somebody; `sub` is what she signs in there with. */
export type Claims = Readonly<Record<string, unknown>>;

/** A real provider of OpenID Connect, on loopback. */
export interface OpenIdProvider {
  readonly issuer: string;
  /** What `SOCIAL_<NAME>_…` is set to. */
  readonly environment: Readonly<Record<string, string>>;
  readonly people: Map<string, Claims>;
  close(): Promise<void>;
}

export interface StartedProvider extends OpenIdProvider {
  /** It itself, for what happens within. */
  readonly within: Provider;
  /** Answers in place of what it would say; undefined: the truth. */
  instead: ((path: string, response: ServerResponse) => boolean) | undefined;
}

const CLIENT = { id: 'gatehouse', secret: 'a secret of two who know each other' };

/** @param name as it is called in the settings; `callback`: of the server that people are sent back to */
export async function startOpenIdProvider(
  name: string,
  publicUrl: string,
  more: Configuration = {},
): Promise<StartedProvider> {
  // It warns of what is right in a test: everything in memory, pages for developers, this version of Node.
  const quiet = [jest.spyOn(console, 'warn'), jest.spyOn(console, 'info')];
  for (const each of quiet) each.mockImplementation(() => undefined);
  const { default: OidcProvider } = await import('oidc-provider');
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  const people = new Map<string, Claims>();
  const provider: Provider = new OidcProvider(issuer, {
    clients: [
      {
        client_id: CLIENT.id,
        client_secret: CLIENT.secret,
        redirect_uris: [`${publicUrl}/v1/auth/social/${name}/callback`],
        application_type: 'native',
        grant_types: ['authorization_code', 'refresh_token'],
      },
    ],
    claims: { email: ['email', 'email_verified'], profile: ['given_name', 'family_name'] },
    conformIdTokenClaims: false,
    cookies: { keys: ['not a secret'] },
    jwks: { keys: [signingKey()] },
    ttl: {
      Interaction: 600,
      Session: 600,
      Grant: 600,
      AccessToken: 600,
      IdToken: 600,
      RefreshToken: 86400,
    },
    findAccount: (_, sub) => ({
      accountId: sub,
      claims: () => ({ ...people.get(sub), sub }),
    }),
    ...more,
  });
  for (const each of quiet) each.mockRestore();
  const serve = provider.callback();
  const variable = name.toUpperCase().replaceAll('-', '_');
  const made: StartedProvider = {
    issuer,
    environment: {
      [`SOCIAL_${variable}_ISSUER`]: issuer,
      [`SOCIAL_${variable}_CLIENT_ID`]: CLIENT.id,
      [`SOCIAL_${variable}_CLIENT_SECRET`]: CLIENT.secret,
    },
    people,
    within: provider,
    instead: undefined,
    close: () => closed(server),
  };
  server.on('request', (request, response) => {
    if (made.instead?.(request.url ?? '', response) !== true) void serve(request, response);
  });
  return made;
}

function signingKey() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), kty: 'RSA', alg: 'RS256', use: 'sig' } as const;
}

async function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
}

/** Somebody who signs in there and consents, page by page, as a browser would. Returns the address she is sent back to. */
export async function signInAt(authorizationUrl: string, login: string): Promise<URL> {
  const browser = new Browser();
  let next = new URL(authorizationUrl);
  let form: URLSearchParams | undefined;
  for (let step = 0; step < 12; step++) {
    const { location, page } = await browser.open(next, form);
    if (location === undefined) {
      form = answerTo(page, login);
      continue;
    }
    if (location.origin !== next.origin) return location;
    [next, form] = [location, undefined];
  }
  throw new Error('The provider goes on and on');
}

/** As much of a browser as the pages of the provider take. */
class Browser {
  readonly #jar = new Map<string, string>();

  async open(url: URL, form?: URLSearchParams): Promise<{ location?: URL; page: string }> {
    const answer = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: [...this.#jar].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(form && { method: 'POST', body: form }),
    });
    for (const cookie of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      this.#jar.set(name, value);
    }
    const location = answer.headers.get('location');
    return {
      ...(location !== null && { location: new URL(location, url) }),
      page: await answer.text(),
    };
  }
}

/** Signs in, or consents, whichever the page asks. */
function answerTo(page: string, login: string): URLSearchParams {
  const prompt = /name="prompt" value="(\w+)"/.exec(page)?.[1];
  if (prompt === undefined) throw new Error(`The provider does not go on: ${page.slice(0, 500)}`);
  return new URLSearchParams({ prompt, ...(prompt === 'login' && { login, password: 'any' }) });
}
