import { userRow } from '../../src/users/new-user.js';
import { User } from '../../src/users/user.entity.js';
import { someEmail } from '../support/make.js';
import { removeProgram } from '../support/server-process.js';
import { times, TwoNodes } from './two-nodes.js';

jest.setTimeout(120_000);

describe('Two nodes', () => {
  /** With place for all of them: those who find the line full are not tried either, but that is another story. */
  const fleet = new TwoNodes({ HASH_QUEUE: '200' });

  beforeAll(() => fleet.start());
  afterAll(async () => {
    await fleet.stop();
    removeProgram();
  });

  const guess = (node: number, email: string, password = 'wrong') =>
    fleet.post(node, 'login', { email, password });

  it('B04, B05 together try five of 200 passwords at once, each of them no more', async () => {
    for (const email of [someEmail(), someEmail()]) {
      const row = userRow({ email, passwordHash: null, emailVerified: true }, new Date());
      if (email.startsWith('ann')) await fleet.database.getRepository(User).insert(row);
      const answers = await Promise.all(times(200, (i) => guess(i % 2, email)));
      const tried = answers.filter(({ status }) => status !== 429);
      expect(tried.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401]);
      for (const node of [0, 1]) expect((await guess(node, email)).status).toBe(429);
    }
  });
});
