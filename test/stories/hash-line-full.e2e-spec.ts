import { HashPool } from '../../src/passwords/hash-pool.js';
import { Make } from '../support/make.js';
import { statementsOf } from '../support/queries.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

describe('When more people sign in than can wait', () => {
  let test: TestApp;

  beforeAll(async () => {
    test = await startTestApp({ environment: { HASH_CONCURRENCY: '1', HASH_QUEUE: '1' } });
  });
  afterAll(() => test.close());

  /** One password is hashed and one waits, for a while. */
  const fillTheLine = () => {
    const pool = test.app.get(HashPool, { strict: false });
    const by = {
      kernel: 'bcrypt',
      cost: 12,
      salt: 'CCCCCCCCCCCCCCCCCCCCC.',
      prehash: true,
    } as const;
    return Promise.all([pool.derive('first', by), pool.derive('second', by)]);
  };

  it('the next one is told to come again, and costs the database nothing', async () => {
    const make = new Make(test);
    const { email, password } = await make.user();
    const busy = fillTheLine();
    const statements = await statementsOf(async () => {
      const { status, headers, body } = await make.client.login(email, password);
      expect({ status, code: body.code }).toEqual({ status: 503, code: 'too_busy' });
      expect(headers['retry-after']).toBeDefined();
    });
    expect(statements).toEqual([]);
    await busy;
    expect((await make.client.login(email, password)).status).toBe(200);
  });

  it('of many at once only so many reach the database as can be hashed', async () => {
    const make = new Make(test);
    const { email } = await make.user();
    const answers: number[] = [];
    const statements = await statementsOf(async () => {
      const all = Array.from({ length: 20 }, () => make.client.login(email, 'not the right one'));
      answers.push(...(await Promise.all(all)).map(({ status }) => status));
    });
    const hashed = answers.filter((status) => status === 401);
    expect(hashed.length).toBeLessThan(20);
    const lookedUp = statements.filter((text) => text.includes('FROM "users"'));
    expect(lookedUp).toHaveLength(hashed.length);
  });
});
