import { HashPool } from '../../src/passwords/hash-pool.js';
import { Make, someEmail } from '../support/make.js';
import { statementsOf } from '../support/queries.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

describe('When more people sign in than can wait', () => {
  let test: TestApp;

  beforeAll(async () => {
    test = await startTestApp({
      environment: {
        HASH_CONCURRENCY: '1',
        HASH_QUEUE: '1',
        LOGIN_FAILURES_PER_ADDRESS: '30',
        TRUST_PROXY: '1',
      },
    });
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

  it('an address that has failed enough is told so, and takes nobody’s place in the line', async () => {
    const make = new Make(test);
    const signIn = (email: string, deviceToken?: string) =>
      make.client.send({
        method: 'POST',
        url: '/v1/auth/login',
        headers: { 'content-type': 'application/json', 'x-forwarded-for': '203.0.113.99' },
        payload: JSON.stringify({ email, password: 'not the right one', deviceToken }),
      });
    let answer = await signIn(someEmail());
    for (let i = 0; i < 30 && answer.status === 401; i++) answer = await signIn(someEmail());
    expect(answer.status).toBe(429);
    const busy = fillTheLine();
    const refused = await signIn(someEmail());
    expect(refused).toMatchObject({ status: 429, body: { code: 'too_many_attempts' } });
    expect(refused.headers['retry-after']).toBeDefined();
    // It might be the owner's device: that is looked up when its turn has come.
    expect((await signIn(someEmail(), 'ghd_whatever')).status).toBe(503);
    await busy;
  });
});
