import { codeOf, newTotpSecret, stepAt } from '../../src/two-factor/totp/totp.js';
import { removeProgram } from '../support/server-process.js';
import { enroll, waitingLogin } from './two-factor-people.js';
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
  const sessionsOf = async (userId: string): Promise<number> => {
    const [row] = await fleet.database.query<{ count: number }[]>(
      'SELECT count(*)::int AS count FROM sessions WHERE user_id = $1',
      [userId],
    );
    return row?.count ?? -1;
  };
  const refused = Array.from({ length: AT_ONCE - 1 }, () => 401);

  it('a code of an authenticator app lets in one, whatever challenges it is shown with', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const { userId, secret } = await enroll(fleet, newTotpSecret());
      const challenges = await Promise.all(times(AT_ONCE, () => waitingLogin(fleet, userId)));
      const code = codeOf(secret, stepAt(Date.now()));
      const statuses = await Promise.all(challenges.map((each, i) => show(i % 2, each, code)));
      expect(statuses.sort()).toEqual([200, ...refused]);
      expect(await sessionsOf(userId)).toBe(1);
    }
  });

  it('a challenge lets in one, though both codes of now are right', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const { userId, secret } = await enroll(fleet, newTotpSecret());
      const challenge = await waitingLogin(fleet, userId);
      const step = stepAt(Date.now());
      const codes = [codeOf(secret, step - 1), codeOf(secret, step)];
      const statuses = await Promise.all(
        times(AT_ONCE, (i) => show(i % 2, challenge, codes[i % 2] ?? '')),
      );
      expect(statuses.filter((status) => status === 200)).toHaveLength(1);
      expect(statuses.filter((status) => ![200, 401].includes(status))).toEqual([]);
      expect(await sessionsOf(userId)).toBe(1);
    }
  });
});
