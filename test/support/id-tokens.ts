import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

export type Claims = Readonly<Record<string, unknown>>;

type KeyPair = Awaited<ReturnType<typeof generateKeyPair>>;

interface Signing extends KeyPair {
  readonly kid: string;
  readonly alg: string;
}

/** A provider that is nothing but its word of itself and its keys: what an app has from its SDK is signed by them. */
export class IdTokenIssuer {
  readonly clientId = 'gatehouse';
  /** How often somebody has asked for the keys. */
  asked = 0;
  #signing!: Signing;
  #published: readonly Signing[] = [];
  readonly #server: Server = createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    void this.answerTo(request.url ?? '').then((answer) => response.end(JSON.stringify(answer)));
  });

  static async start(alg = 'RS256'): Promise<IdTokenIssuer> {
    const issuer = new IdTokenIssuer();
    issuer.#server.listen(0, '127.0.0.1');
    await once(issuer.#server, 'listening');
    await issuer.rotate(alg);
    return issuer;
  }

  get issuer(): string {
    return `http://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`;
  }

  /** What `SOCIAL_<NAME>_…` is set to. */
  environment(name: string): Readonly<Record<string, string>> {
    return { [`SOCIAL_${name}_ISSUER`]: this.issuer, [`SOCIAL_${name}_CLIENT_ID`]: this.clientId };
  }

  /** Signs with another key from now on; `keep`: the former ones are still shown. */
  async rotate(alg = 'RS256', { keep = false } = {}): Promise<void> {
    const kid = randomBytes(4).toString('hex');
    this.#signing = { ...(await generateKeyPair(alg)), kid, alg };
    this.#published = [...(keep ? this.#published : []), this.#signing];
  }

  /** @param claims beside the usual ones, or in their place; `kid`: of a key that is not shown */
  sign(claims: Claims, kid = this.#signing.kid): Promise<string> {
    const now = Math.floor(new Date().getTime() / 1000); // also where a story moves what Date.now() says
    const { alg, privateKey } = this.#signing;
    const usual = { iss: this.issuer, aud: this.clientId, iat: now, exp: now + 300 };
    return new SignJWT({ ...usual, ...claims })
      .setProtectedHeader({ alg, kid, typ: 'JWT' })
      .sign(privateKey);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  private async answerTo(path: string): Promise<object> {
    const { issuer } = this;
    if (path.startsWith('/.well-known/')) {
      return {
        issuer,
        authorization_endpoint: `${issuer}/authorize`,
        token_endpoint: `${issuer}/token`,
        jwks_uri: `${issuer}/keys`,
      };
    }
    this.asked++;
    const keys = this.#published.map(async ({ publicKey, kid, alg }) => ({
      ...(await exportJWK(publicKey)),
      kid,
      alg,
      use: 'sig',
    }));
    return { keys: await Promise.all(keys) };
  }
}
