import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf, newTotpSecret, stepAt } from '../../src/two-factor/totp/totp.js';
import { removeProgram } from '../support/server-process.js';
import { enroll, recoveryCode, traces, waitingLogin } from './two-factor-people.js';
import { times, TwoNodes } from './two-nodes.js';

const KILLS = Number(process.env['KILLS'] ?? 3);
const PEOPLE = 20;

jest.setTimeout(60_000 + KILLS * 12_000);

interface Person {
  readonly userId: string;
  readonly challenges: readonly string[];
  readonly method: 'totp' | 'recovery_code';
  readonly code: string;
}

/** Security catalogue 5.B: what works once does not work twice because the first answer was lost. */
describe('A server that is killed while second factors are shown', () => {
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

  const person = async (i: number): Promise<Person> => {
    const { userId, secret } = await enroll(fleet, newTotpSecret());
    const recovery = await recoveryCode(fleet, userId);
    const challenges = await Promise.all(times(3, () => waitingLogin(fleet, userId)));
    return i % 2 === 0
      ? { userId, challenges, method: 'totp', code: codeOf(secret, stepAt(Date.now())) }
      : { userId, challenges, method: 'recovery_code', code: recovery };
  };
  const show = (node: number, { method, code }: Person, challengeToken = '') =>
    fleet
      .post(node, 'login/two-factor', { challengeToken, method, code })
      .then(({ status }) => status)
      .catch(() => undefined);

  it('each of them has let in one or nobody, and a second time nobody', async () => {
    for (let kill = 0; kill < KILLS; kill++) {
      const people = await Promise.all(times(PEOPLE, person));
      const firsts = people.map((each) => show(0, each, each.challenges[0]));
      await sleep((randomBytes(1)[0] ?? 0) / 4);
      const back = fleet.replace(0);
      const statuses = await Promise.all(firsts);
      await Promise.all(people.map((each) => show(1, each, each.challenges[0])));
      await Promise.all(people.map((each) => show(1, each, each.challenges[1])));
      for (const [i, { userId, method }] of people.entries()) {
        const { sessions, codes, spent } = await traces(fleet, userId);
        // Whoever was told of a session has it, and nobody has two.
        if (statuses[i] === 200) expect(sessions).toBe(1);
        expect(sessions).toBeLessThanOrEqual(1);
        // What let somebody in is spent.
        if (sessions === 1) expect(method === 'totp' ? spent : codes === 0).toBe(true);
      }
      await back;
    }
  });
});
