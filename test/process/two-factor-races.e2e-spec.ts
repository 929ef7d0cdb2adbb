import type { PasskeyRequestDto } from '../../src/two-factor/passkeys/passkey.dto.js';
import { codeOf, newTotpSecret, stepAt } from '../../src/two-factor/totp/totp.js';
import { removeProgram } from '../support/server-process.js';
import { enroll, passkeyOwner, recoveryCode, traces, waitingLogin } from './two-factor-people.js';
import { times, TwoNodes } from './two-nodes.js';

const ROUNDS = Number(process.env['ROUNDS'] ?? 5);
const AT_ONCE = 50;

jest.setTimeout(60_000 + ROUNDS * 4000);

/** Security catalogue G02, 5.B Y04: what works once works once, whichever node is asked. `ROUNDS=200` is what is promised. */
describe('Of fifty that show the same at once, at two nodes,', () => {
  const fleet = new TwoNodes({
    LOGIN_FAILURES_PER_ACCOUNT: '89',
    LOGIN_FAILURES_PER_ADDRESS: '1000000',
    REQUESTS_PER_ADDRESS: '1000000',
    REFUSAL_PAUSE: '0',
  });

  beforeAll(() => fleet.start());
  afterAll(async () => {
    await fleet.stop();
    removeProgram();
  });

  const show = async (node: number, challengeToken: string, code: string, method = 'totp') =>
    (await fleet.post(node, 'login/two-factor', { challengeToken, method, code })).status;
  const refused = Array.from({ length: AT_ONCE - 1 }, () => 401);

  it('a code of an authenticator app lets in one, whatever challenges it is shown with', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const { userId, secret } = await enroll(fleet, newTotpSecret());
      const challenges = await Promise.all(times(AT_ONCE, () => waitingLogin(fleet, userId)));
      const code = codeOf(secret, stepAt(Date.now()));
      const statuses = await Promise.all(challenges.map((each, i) => show(i % 2, each, code)));
      expect(statuses.sort()).toEqual([200, ...refused]);
      expect((await traces(fleet, userId)).sessions).toBe(1);
    }
  });

  it('a recovery code lets in one, and the others are left', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const { userId } = await enroll(fleet, newTotpSecret());
      const [code] = [await recoveryCode(fleet, userId), await recoveryCode(fleet, userId)];
      const challenges = await Promise.all(times(AT_ONCE, () => waitingLogin(fleet, userId)));
      const statuses = await Promise.all(
        challenges.map((each, i) => show(i % 2, each, code, 'recovery_code')),
      );
      expect(statuses.sort()).toEqual([200, ...refused]);
      expect(await traces(fleet, userId)).toMatchObject({ sessions: 1, codes: 1 });
    }
  });

  it('a challenge lets in one, though a code and a recovery code are right', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const { userId, secret } = await enroll(fleet, newTotpSecret());
      const recovery = await recoveryCode(fleet, userId);
      const challenge = await waitingLogin(fleet, userId);
      const code = codeOf(secret, stepAt(Date.now()));
      const statuses = await Promise.all(
        times(AT_ONCE, (i) =>
          i % 2 === 0
            ? show(Math.floor(i / 2) % 2, challenge, code)
            : show(Math.floor(i / 2) % 2, challenge, recovery, 'recovery_code'),
        ),
      );
      expect(statuses.sort()).toEqual([200, ...refused]);
      expect((await traces(fleet, userId)).sessions).toBe(1);
    }
  });

  it('an assertion of a passkey lets in one, alone', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const { userId, authenticator } = await passkeyOwner(fleet);
      const before = (await traces(fleet, userId)).sessions;
      const { body } = await fleet.post(round % 2, 'passkey/options');
      const assertion = authenticator.get(body as unknown as PasskeyRequestDto);
      const statuses = await Promise.all(
        times(AT_ONCE, async (i) => (await fleet.post(i % 2, 'passkey', { assertion })).status),
      );
      expect(statuses.sort()).toEqual([200, ...refused]);
      expect((await traces(fleet, userId)).sessions).toBe(before + 1);
    }
  });

  it('an assertion of a passkey lets in one, as second factor', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const { userId, authenticator } = await passkeyOwner(fleet);
      const before = (await traces(fleet, userId)).sessions;
      const challengeToken = await waitingLogin(fleet, userId);
      const path = 'login/two-factor/passkey-options';
      const { body } = await fleet.post(round % 2, path, { challengeToken });
      const assertion = authenticator.get(body as unknown as PasskeyRequestDto);
      const shown = { challengeToken, method: 'passkey', assertion };
      const statuses = await Promise.all(
        times(AT_ONCE, async (i) => (await fleet.post(i % 2, 'login/two-factor', shown)).status),
      );
      expect(statuses.sort()).toEqual([200, ...refused]);
      expect((await traces(fleet, userId)).sessions).toBe(before + 1);
    }
  });
});
