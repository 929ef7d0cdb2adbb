import { Browser } from '../support/browser.js';
import { Make } from '../support/make.js';
import { expectProblem } from '../support/problems.js';
import { startTestApp } from '../support/test-app.js';

describe('Sessions that are bounded', () => {
  it('C05 are over when they lie unused, and go on while they are used', async () => {
    const test = await startTestApp({ environment: { SESSION_IDLE_TIMEOUT: '3600' } });
    const made = await new Make(test).signedIn();
    const browser = new Browser(test);
    await browser.signIn(made);
    for (let i = 0; i < 3; i++) {
      test.clock.forward(3598);
      expect(await browser.me()).toMatchObject({ status: 200 });
    }
    test.clock.forward(3601);
    expectProblem(await browser.me(), 401, 'session_expired');
    await test.close();
  });

  it('are over at their absolute end, however busy', async () => {
    const test = await startTestApp({ environment: { SESSION_COOKIE_AGE: '3600' } });
    const browser = new Browser(test);
    await browser.signIn(await new Make(test).user());
    for (let i = 0; i < 35; i++) {
      test.clock.forward(100);
      expect(await browser.me()).toMatchObject({ status: 200 });
    }
    test.clock.forward(101);
    expectProblem(await browser.me(), 401, 'session_expired');
    await test.close();
  });

  it('C14 are never more than SESSIONS_PER_USER, also of 50 sign-ins at once', async () => {
    const test = await startTestApp({ environment: { SESSIONS_PER_USER: '3', HASH_QUEUE: '100' } });
    const make = new Make(test);
    const { email, password, client: first } = await make.signedIn();
    for (let i = 0; i < 3; i++) await make.client.login(email, password);
    expectProblem(await first.me(), 401, 'invalid_token');
    const logins = Array.from({ length: 50 }, () => make.client.login(email, password));
    for (const { status } of await Promise.all(logins)) expect(status).toBe(200);
    const [row] = await test.database.query<{ count: number }[]>(
      'SELECT count(*)::int AS count FROM sessions s JOIN users u ON u.id = s.user_id WHERE u.email = $1',
      [email],
    );
    expect(row?.count).toBe(3);
    await test.close();
  });
});
