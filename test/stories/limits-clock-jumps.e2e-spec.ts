import { Make } from '../support/make.js';
import { expectProblem } from '../support/problems.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const WRONG = 'not what she has chosen';
const YEAR = 31_536_000;

/** A clock that was wrong for a moment must not hold anybody off for as long as it was wrong. */
describe.each(['database', 'memory'])('Limits (%s) after a clock that ran ahead', (store) => {
  let test: TestApp;
  let make: Make;

  beforeAll(async () => {
    test = await startTestApp({
      environment: {
        LOGIN_FAILURES_PER_ACCOUNT: '5',
        REQUESTS_PER_ADDRESS: '3',
        RATE_LIMIT_STORE: store,
        TRUST_PROXY: '1',
      },
    });
    make = new Make(test);
  });
  afterAll(async () => {
    await test.database.query('DELETE FROM rate_counters');
    await test.close();
  });

  const wrongly = async (action: () => Promise<unknown>) => {
    test.clock.forward(YEAR);
    await action();
    test.clock.forward(-YEAR);
  };

  it('make nobody wait for it at an account', async () => {
    const { email, password } = await make.user();
    await wrongly(async () => {
      for (let i = 0; i < 5; i++) await make.client.login(email, WRONG);
    });
    expect((await make.client.login(email, password)).status).toBe(200);
  });

  it('nor at an address', async () => {
    const verify = () =>
      make.client.send({
        method: 'POST',
        url: '/v1/auth/email/deny',
        headers: { 'content-type': 'application/json', 'x-forwarded-for': '198.51.100.77' },
        payload: '{}',
      });
    await wrongly(async () => {
      for (let i = 0; i < 4; i++) await verify();
    });
    for (let i = 0; i < 3; i++) expect((await verify()).status).toBe(400);
    expectProblem(await verify(), 429, 'too_many_attempts');
  });

  it('hold off as ever whoever guesses while it is right', async () => {
    const { email, password } = await make.user();
    await wrongly(() => make.client.login(email, WRONG));
    for (let i = 0; i < 4; i++) await make.client.login(email, WRONG);
    expectProblem(await make.client.login(email, password), 429, 'too_many_attempts');
  });
});
