import { TotpFactor } from '../../src/two-factor/totp/totp-factor.entity.js';
import { TotpSecrets } from '../../src/two-factor/totp/totp-secrets.service.js';
import { codeOf, newTotpSecret, stepAt } from '../../src/two-factor/totp/totp.js';
import type { TestApp } from './test-app.js';

/** The app on a user's phone. */
export class Authenticator {
  constructor(
    private readonly test: TestApp,
    readonly secret: Buffer,
  ) {}

  /** What it shows now, or so many steps from now. */
  code(distance = 0): string {
    return codeOf(this.secret, stepAt(this.test.clock.millis()) + distance);
  }

  /** Waits for the next code, and shows it. */
  nextCode(): string {
    this.test.clock.forward(30);
    return this.code();
  }

  /** Six digits that it shows neither now nor around now. */
  wrongCode(): string {
    const shown = [-1, 0, 1].map((distance) => this.code(distance));
    return ['000000', '111111', '222222', '333333'].find((code) => !shown.includes(code)) ?? '';
  }
}

/** Gives a user an authenticator app as if she had set it up long ago. */
export async function withAuthenticator(test: TestApp, userId: string): Promise<Authenticator> {
  const secret = newTotpSecret();
  const secrets = test.app.get(TotpSecrets, { strict: false });
  await test.database.getRepository(TotpFactor).insert({
    userId,
    sealedSecret: secrets.seal('totp-secret', userId, secret),
    lastStep: 0,
    createdAt: test.clock.now(),
    lastUsedAt: null,
  });
  return new Authenticator(test, secret);
}
