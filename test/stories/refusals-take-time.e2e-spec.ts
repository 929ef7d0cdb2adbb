import { Make, someEmail } from '../support/make.js';
import { expectProblem } from '../support/problems.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

describe('A flood of sign-ins that does not wait as it is told', () => {
  let test: TestApp;
  let make: Make;

  beforeAll(async () => {
    test = await startTestApp({
      environment: {
        LOGIN_FAILURES_PER_ADDRESS: '1',
        RATE_LIMIT_STORE: 'memory', // what other stories failed is not counted
        REFUSAL_PAUSE: '1000',
      },
    });
    make = new Make(test);
  });
  afterAll(() => test.close());

  it('waits for its refusals, while who is signed in is answered', async () => {
    const { client } = await make.signedIn();
    let refused = 0;
    const flood = Array.from({ length: 60 }, async () => {
      const answer = await make.client.login(someEmail(), 'no password of anybody');
      if (answer.status !== 429) return;
      expectProblem(answer, 429, 'too_many_attempts');
      expect(answer.headers['retry-after']).toBeDefined();
      refused += 1;
    });
    for (let i = 0; i < 20; i++) expect((await client.me()).status).toBe(200);
    expect(refused).toBeLessThanOrEqual(20);
    await Promise.all(flood);
    expect(refused).toBeGreaterThanOrEqual(58);
  });
});
