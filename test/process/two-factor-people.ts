import { v7 as uuidv7 } from 'uuid';
import { OpaqueToken } from '../../src/common/opaque-token.js';
import { LoginChallenge } from '../../src/login/login-challenge.entity.js';
import type { PasskeyCreationDto } from '../../src/two-factor/passkeys/passkey.dto.js';
import { RecoveryCode } from '../../src/two-factor/recovery-codes/recovery-code.entity.js';
import { newRecoveryCode } from '../../src/two-factor/recovery-codes/recovery-code.js';
import { TotpFactor } from '../../src/two-factor/totp/totp-factor.entity.js';
import { userRow } from '../../src/users/new-user.js';
import { User } from '../../src/users/user.entity.js';
import { someEmail } from '../support/make.js';
import { SoftwareAuthenticator } from '../support/software-authenticator.js';
import { call, type TwoNodes } from './two-nodes.js';

/** Somebody with an authenticator app, as the server writes it, without the cost of hashing. */
export async function enroll(
  fleet: TwoNodes,
  secret: Buffer,
): Promise<{ readonly userId: string; readonly secret: Buffer }> {
  const now = new Date();
  const user = userRow({ email: someEmail(), passwordHash: null, emailVerified: true }, now);
  await fleet.database.getRepository(User).insert(user);
  await fleet.database.getRepository(TotpFactor).insert({
    userId: user.id,
    sealedSecret: fleet.ring.seal('totp-secret', user.id, secret),
    lastStep: 0,
    createdAt: now,
    lastUsedAt: null,
  });
  return { userId: user.id, secret };
}

/** A recovery code of hers, as it was shown to her. */
export async function recoveryCode(fleet: TwoNodes, userId: string): Promise<string> {
  const { shown, hash: codeHash } = newRecoveryCode();
  const row = { id: uuidv7(), userId, codeHash, createdAt: new Date(), usedAt: null };
  await fleet.database.getRepository(RecoveryCode).insert(row);
  return shown;
}

/** Somebody who has registered a passkey, and its authenticator. */
export async function passkeyOwner(
  fleet: TwoNodes,
): Promise<{ readonly userId: string; readonly authenticator: SoftwareAuthenticator }> {
  const { userId, refreshToken } = await fleet.signedIn('token');
  const { body } = await fleet.post(0, 'refresh', { refreshToken });
  const headers = { authorization: `Bearer ${body['accessToken'] ?? ''}` };
  const url = `${fleet.urls[0] ?? ''}/v1/users/me/two-factor/passkeys`;
  const authenticator = new SoftwareAuthenticator();
  const options = await call('POST', `${url}/options`, headers);
  const credential = authenticator.create(options.body as unknown as PasskeyCreationDto);
  const { status } = await call('POST', url, headers, { name: 'Key', credential });
  expect(status).toBe(201);
  return { userId, authenticator };
}

/** The challenge of somebody whose password was right. */
export async function waitingLogin(fleet: TwoNodes, userId: string): Promise<string> {
  const token = OpaqueToken.issue('ghl');
  const { credentialsChangedAt } = await fleet.database
    .getRepository(User)
    .findOneByOrFail({ id: userId });
  await fleet.database.getRepository(LoginChallenge).insert({
    id: token.id,
    userId,
    secretHash: token.hash,
    methods: ['pwd'],
    credentialsChangedAt,
    transport: 'token',
    refreshTransport: 'body',
    deviceName: null,
    tries: 0,
    expiresAt: new Date(Date.now() + 300_000),
  });
  return token.reveal();
}

/** What came of it: sessions, recovery codes that are left, and whether a time step was spent. */
export async function traces(fleet: TwoNodes, userId: string) {
  const [row] = await fleet.database.query<
    { readonly sessions: number; readonly codes: number; readonly spent: boolean }[]
  >(
    `SELECT (SELECT count(*)::int FROM sessions WHERE user_id = $1) AS sessions,
            (SELECT count(*)::int FROM recovery_codes WHERE user_id = $1 AND used_at IS NULL) AS codes,
            (SELECT last_step > 0 FROM totp_factors WHERE user_id = $1) AS spent`,
    [userId],
  );
  if (row === undefined) throw new Error('Nothing came of it');
  return row;
}
