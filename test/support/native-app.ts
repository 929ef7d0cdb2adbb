import { randomBytes } from 'node:crypto';
import type { Problem } from '../../src/common/problem.js';
import type { LoginResultDto } from '../../src/login/login.dto.js';
import { type Answer, Client } from './client.js';
import type { Claims, IdTokenIssuer } from './id-tokens.js';
import { someEmail } from './make.js';
import type { TestApp } from './test-app.js';

export type Shown = Answer<
  Required<LoginResultDto> & Omit<Problem, 'status'> & { readonly challengeToken: string }
>;

/** An app on a phone, which has its ID tokens from the SDK of a provider. */
export class NativeApp {
  constructor(
    private readonly test: TestApp,
    private readonly provider: IdTokenIssuer,
    private readonly name = 'acme',
  ) {}

  /** Somebody at the provider, whose address it has verified. */
  someone(): { sub: string; email: string; email_verified: boolean } {
    return { sub: randomBytes(8).toString('hex'), email: someEmail('eve'), email_verified: true };
  }

  /** A token with its nonce, as the SDK gives it; `claims`: beside the usual ones, or in their place. */
  async token(claims: Claims = this.someone()): Promise<{ idToken: string; nonce: string }> {
    const nonce = randomBytes(16).toString('base64url');
    return { idToken: await this.provider.sign({ nonce, ...claims }), nonce };
  }

  show(body: object): Promise<Shown> {
    return new Client(this.test).post(`/v1/auth/social/${this.name}/id-token`, body);
  }

  async signIn(claims?: Claims): Promise<Shown> {
    return this.show(await this.token(claims));
  }
}
