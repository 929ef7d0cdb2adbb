import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from './hostile-provider.js';

/** Somebody as GitHub's API tells of her. */
export interface GithubPerson {
  readonly user: object;
  readonly emails: unknown;
}

interface Promised {
  readonly person: GithubPerson;
  readonly challenge: string;
  readonly callback: string;
}

const CLIENT = { id: 'Ov23liLOOKALIKE', secret: 'what GitHub knows us by' };

/** As much of a GitHub Enterprise Server as signing in takes, in its own dialect: refusals are answers of status 200. */
export class GithubLookAlike {
  /** Answers in place of what it would say; undefined: the truth. */
  instead: ((path: string, response: ServerResponse) => boolean) | undefined;
  /** As of a GitHub App, whose tokens end. */
  isApp = false;
  readonly #codes = new Map<string, Promised>();
  readonly #tokens = new Map<string, GithubPerson>();
  readonly #refreshTokens = new Map<string, GithubPerson>();

  private constructor(
    private readonly server: Server,
    readonly issuer: string,
  ) {}

  static async start(): Promise<GithubLookAlike> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const github = new GithubLookAlike(server, `http://127.0.0.1:${port}`);
    server.on('request', (request, response) => void github.answer(request, response));
    return github;
  }

  get environment(): Readonly<Record<string, string>> {
    return {
      SOCIAL_GITHUB_ISSUER: this.issuer,
      SOCIAL_GITHUB_CLIENT_ID: CLIENT.id,
      SOCIAL_GITHUB_CLIENT_SECRET: CLIENT.secret,
    };
  }

  /** Where the browser of somebody who consents is sent. */
  consent(authorizationUrl: string, person: GithubPerson): URL {
    const { origin, pathname, searchParams: asked } = new URL(authorizationUrl);
    if (origin + pathname !== `${this.issuer}/login/oauth/authorize`) throw new Error('not here');
    if (asked.get('client_id') !== CLIENT.id) throw new Error('unknown client');
    const back = new URL(asked.get('redirect_uri') ?? '');
    const code = randomBytes(10).toString('hex');
    const challenge = asked.get('code_challenge') ?? '';
    this.#codes.set(code, { person, challenge, callback: back.href });
    back.search = new URLSearchParams({ code, state: asked.get('state') ?? '' }).toString();
    return back;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const { url = '', method } = request;
    if (this.instead?.(url, response) === true) return;
    if (`${method} ${url}` === 'POST /login/oauth/access_token') {
      json(response, this.tokenFor(new URLSearchParams(Buffer.concat(chunks).toString())));
      return;
    }
    this.tell(request, response);
  }

  private tell({ url, headers }: IncomingMessage, response: ServerResponse): void {
    const person = this.#tokens.get((headers.authorization ?? '').replace(/^Bearer /, ''));
    if (person === undefined) json(response, { message: 'Bad credentials' }, 401);
    else if (headers['user-agent'] === undefined) json(response, { message: 'Who asks?' }, 403);
    else if (url === '/api/v3/user') json(response, person.user);
    else if (url === '/api/v3/user/emails') json(response, person.emails as object);
    else json(response, { message: 'Not Found' }, 404);
  }

  private tokenFor(form: URLSearchParams): object {
    if (form.get('client_secret') !== CLIENT.secret) return refusal('incorrect_client_credentials');
    if (form.get('grant_type') === 'refresh_token') return this.refreshed(form);
    const code = form.get('code') ?? '';
    const promised = this.#codes.get(code);
    this.#codes.delete(code);
    const verifier = createHash('sha256').update(form.get('code_verifier') ?? '');
    if (promised?.challenge !== verifier.digest('base64url')) {
      return refusal('bad_verification_code');
    }
    if (promised.callback !== form.get('redirect_uri')) return refusal('redirect_uri_mismatch');
    return this.tokensOf(promised.person);
  }

  /** Each is good for once. */
  private refreshed(form: URLSearchParams): object {
    const token = form.get('refresh_token') ?? '';
    const person = this.#refreshTokens.get(token);
    this.#refreshTokens.delete(token);
    return person ? this.tokensOf(person) : refusal('bad_refresh_token');
  }

  private tokensOf(person: GithubPerson): object {
    const token = `gho_${randomBytes(18).toString('hex')}`;
    this.#tokens.set(token, person);
    const told = { access_token: token, scope: 'read:user,user:email', token_type: 'bearer' };
    if (!this.isApp) return told;
    const refreshToken = `ghr_${randomBytes(18).toString('hex')}`;
    this.#refreshTokens.set(refreshToken, person);
    return { ...told, expires_in: 28_800, refresh_token: refreshToken };
  }

  /** On the page of her account. */
  takeAllBack(): void {
    this.#tokens.clear();
    this.#refreshTokens.clear();
  }
}

const refusal = (error: string) => ({
  error,
  error_description: 'The code passed is incorrect or expired.',
  error_uri: 'https://docs.github.com/',
});
