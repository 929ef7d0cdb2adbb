import { meanwhile } from '../support/blocked.js';
import type { Answer } from '../support/client.js';
import { Make } from '../support/make.js';
import { expectProblem } from '../support/problems.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const BASE = '/v1/users/me/two-factor';

/**
 * Whoever stole a session and the password is let in as long as there is no factor. Her owner adds the first one at this
 * very moment, which ends that session: what the session was let in to do is not done to the factor.
 */
describe('A session that is ended by the first factor while it asks', () => {
  let test: TestApp;
  let make: Make;

  beforeAll(async () => {
    test = await startTestApp();
    make = new Make(test);
  });
  afterAll(() => test.close());

  it.each([
    ['removes no factor', 'DELETE', `${BASE}/totp`],
    ['begins to replace none', 'POST', `${BASE}/totp`],
    ['gets no recovery codes', 'POST', `${BASE}/recovery-codes`],
  ] as const)('%s', async (_, method, url) => {
    const her = await make.signedIn();
    const [answer] = await meanwhile<Answer>(
      test,
      // What the first factor does: the user is locked, the other sessions end.
      `WITH locked AS (SELECT id FROM users WHERE id = $1 FOR NO KEY UPDATE)
       DELETE FROM sessions WHERE user_id = (SELECT id FROM locked)`,
      [her.user.id],
      () => [
        her.client.send({
          method,
          url,
          headers: { 'content-type': 'application/json' },
          payload: url.endsWith('totp') ? '{"replace":true}' : '{}',
        }),
      ],
    );
    expectProblem(answer!, 401, 'invalid_token');
    const [row] = await test.database.query<{ begun: number }[]>(
      'SELECT count(*)::int AS begun FROM totp_enrollments WHERE user_id = $1',
      [her.user.id],
    );
    expect(row?.begun).toBe(0);
  });
});
