import {
  createHash,
  createHmac,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
} from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Claims, OpenIdProvider } from './openid-provider.js';

export type Page = 'discovery' | 'jwks' | 'token' | 'userinfo';

/** What it says instead of the truth. */
export interface Lies {
  /** Answers a page by itself. */
  readonly pages?: Partial<Record<Page, (response: ServerResponse) => void>>;
  readonly discovery?: Claims;
  readonly claims?: Claims;
  readonly header?: Readonly<Record<string, unknown>>;
  readonly sign?: (input: string) => Buffer;
  readonly userInfo?: Claims;
  /** As a provider that knows nothing of PKCE. */
  readonly anyVerifier?: true;
}

interface Promised {
  readonly clientId: string;
  readonly nonce: string;
  readonly sub: string;
  /** PKCE, S256. */
  readonly challenge: string;
}

const CLIENT = { id: 'gatehouse', secret: 'what only two should know' };
const PATHS: Readonly<Record<string, Page>> = {
  '/.well-known/openid-configuration': 'discovery',
  '/jwks': 'jwks',
  '/token': 'token',
  '/userinfo': 'userinfo',
};

export const rsaKey = (): KeyObject =>
  generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
export const rs256 =
  (key: KeyObject) =>
  (input: string): Buffer =>
    sign('sha256', Buffer.from(input), key);
export const hs256 = (input: string): Buffer =>
  createHmac('sha256', CLIENT.secret).update(input).digest();

/** A provider of OpenID Connect on loopback that tells the truth until it is told to lie. */
export class HostileProvider implements OpenIdProvider {
  lies: Lies = {};
  /** What it knows our server by. */
  secret: string = CLIENT.secret;
  readonly people = new Map<string, Claims>();
  /** What it was asked, in order. */
  readonly asked: { readonly page: Page; readonly body: string; readonly authorization: string }[] =
    [];
  /** What it handed out and nobody else is to keep. */
  readonly handedOut: string[] = [];
  readonly #key = rsaKey();
  readonly #codes = new Map<string, Promised>();

  private constructor(
    private readonly name: string,
    private readonly server: Server,
    readonly issuer: string,
  ) {}

  /** @param issuer as which it is known elsewhere; else by its port on this machine */
  static async start(name: string, issuer?: string): Promise<HostileProvider> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const provider = new HostileProvider(name, server, issuer ?? `http://127.0.0.1:${port}`);
    server.on('request', (request, response) => void provider.answer(request, response));
    return provider;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get environment(): Readonly<Record<string, string>> {
    const variable = `SOCIAL_${this.name.toUpperCase()}`;
    return {
      [`${variable}_ISSUER`]: this.issuer,
      [`${variable}_CLIENT_ID`]: CLIENT.id,
      [`${variable}_CLIENT_SECRET`]: CLIENT.secret,
    };
  }

  times(page: Page): number {
    return this.asked.filter((each) => each.page === page).length;
  }

  /** Where the browser of somebody who consents is sent. */
  consent(authorizationUrl: string, sub: string, more: Readonly<Record<string, string>> = {}): URL {
    const { searchParams: asked } = new URL(authorizationUrl);
    const code = this.codeFor({
      clientId: asked.get('client_id') ?? '',
      nonce: asked.get('nonce') ?? '',
      challenge: asked.get('code_challenge') ?? '',
      sub,
    });
    const back = new URL(asked.get('redirect_uri') ?? '');
    const told = { code, state: asked.get('state') ?? '', iss: this.issuer, ...more };
    for (const [name, value] of Object.entries(told)) back.searchParams.set(name, value);
    return back;
  }

  private codeFor(promised: Promised): string {
    const code = this.handOut('code');
    this.#codes.set(code, promised);
    return code;
  }

  idToken(claims: Claims): string {
    const header = { alg: 'RS256', kid: 'one', ...this.lies.header };
    const input = [header, { ...claims, ...this.lies.claims }]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.');
    const signature = (this.lies.sign ?? rs256(this.#key))(input);
    return `${input}.${signature.toString('base64url')}`;
  }

  /** Of an ID token that is right. */
  claims(sub: string, nonce: string): Claims {
    const now = Math.floor(Date.now() / 1000);
    const { iss, aud } = { iss: this.issuer, aud: CLIENT.id };
    return { iss, aud, sub, nonce, iat: now, exp: now + 300, ...this.people.get(sub) };
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const page = PATHS[request.url ?? ''];
    if (page === undefined) {
      response.writeHead(404).end();
      return;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    const { authorization = '' } = request.headers;
    this.asked.push({ page, body, authorization });
    const lie = this.lies.pages?.[page];
    if (lie) lie(response);
    else if (page === 'token') this.grant(response, new URLSearchParams(body), authorization);
    else json(response, this.truth(page));
  }

  /** For a code that it handed out, as often as it is brought. */
  private grant(response: ServerResponse, asked: URLSearchParams, authorization: string): void {
    const promised = this.#codes.get(asked.get('code') ?? '');
    const isKept =
      this.lies.anyVerifier ?? s256(asked.get('code_verifier')) === promised?.challenge;
    if (secretIn(authorization) !== this.secret) json(response, { error: 'invalid_client' }, 401);
    else if (promised && isKept) json(response, this.tokens(promised));
    else json(response, { error: 'invalid_grant' }, 400);
  }

  private truth(page: Exclude<Page, 'token'>): object {
    if (page === 'discovery') return { ...this.discovery(), ...this.lies.discovery };
    if (page === 'jwks') {
      const { kty, n, e } = this.#key.export({ format: 'jwk' });
      return { keys: [{ kty, n, e, kid: 'one', use: 'sig', alg: 'RS256' }] };
    }
    return this.lies.userInfo ?? {};
  }

  private tokens(promised: Promised): object {
    const accessToken = this.handOut('access');
    const hash = createHash('sha256').update(accessToken).digest().subarray(0, 16);
    const idToken = this.idToken({
      ...this.claims(promised.sub, promised.nonce),
      at_hash: hash.toString('base64url'),
    });
    this.handedOut.push(idToken);
    return {
      access_token: accessToken,
      refresh_token: this.handOut('refresh'),
      id_token: idToken,
      token_type: 'Bearer',
      expires_in: 300,
    };
  }

  private discovery(): Claims {
    const { issuer } = this;
    return {
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      userinfo_endpoint: `${issuer}/userinfo`,
      jwks_uri: `${issuer}/jwks`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      // It announces what nobody should take.
      id_token_signing_alg_values_supported: ['RS256', 'HS256', 'none'],
      authorization_response_iss_parameter_supported: true,
    };
  }

  private handOut(kind: string): string {
    const secret = `${kind}-${randomBytes(24).toString('base64url')}`;
    this.handedOut.push(secret);
    return secret;
  }
}

const s256 = (verifier: string | null): string =>
  createHash('sha256')
    .update(verifier ?? '')
    .digest('base64url');

/** Of HTTP Basic, in which each half is encoded as in a form (RFC 6749, 2.3.1). */
function secretIn(authorization: string): string {
  const told = Buffer.from(authorization.replace(/^Basic /, ''), 'base64').toString();
  return decodeURIComponent((told.split(':')[1] ?? '').replaceAll('+', ' '));
}

export function json(response: ServerResponse, body: object, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
