import { TotpFactor } from '../../src/two-factor/totp/totp-factor.entity.js';
import { TotpSecrets } from '../../src/two-factor/totp/totp-secrets.service.js';
import { codeOf, newTotpSecret, stepAt } from '../../src/two-factor/totp/totp.js';
import type { Client } from './client.js';
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

/** What a person scans, and has to confirm. */
export interface TotpSetUp {
  readonly secret: string;
  readonly otpauthUri: string;
  readonly qrCode: string;
  readonly expiresIn: number;
}

const TOTP = '/v1/users/me/two-factor/totp';

/** The app after it has read the secret of a set-up. */
export const appOf = (test: TestApp, { secret }: Pick<TotpSetUp, 'secret'>): Authenticator =>
  new Authenticator(test, fromBase32(secret));

/** Sets an authenticator app up as a person does; the code of this moment is spent with it. */
export async function enroll(
  test: TestApp,
  client: Pick<Client, 'post'>,
  more: { readonly replace?: boolean } = {},
): Promise<{ app: Authenticator; secret: string; recoveryCodes: readonly string[] | null }> {
  const { body } = await client.post<TotpSetUp>(TOTP, more);
  const app = appOf(test, body);
  const confirmed = await client.post<{ recoveryCodes: readonly string[] | null }>(
    `${TOTP}/confirm`,
    { code: app.code() },
  );
  expect(confirmed.status).toBe(200);
  return { app, secret: body.secret, recoveryCodes: confirmed.body.recoveryCodes };
}

/** RFC 4648, 6. */
export function fromBase32(text: string): Buffer {
  const bits = Array.from(text)
    .map((char) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(char).toString(2).padStart(5, '0'))
    .join('');
  return Buffer.from((bits.match(/[01]{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
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
