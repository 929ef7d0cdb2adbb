import { EmailChanges } from '../support/email-changes.js';
import { Make, type MadeUser } from '../support/make.js';
import { expectProblem } from '../support/problems.js';
import { resetTokenFor } from '../support/reset-links.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const WRONG = 'not what she has chosen';
const NEW = 'a heron waits by the weir';

/** Whoever has her device's token may be the one from whom she takes her account back. */
describe('A known device of somebody who takes her account back', () => {
  let test: TestApp;
  let make: Make;

  beforeAll(async () => {
    test = await startTestApp({ environment: { LOGIN_FAILURES_PER_ACCOUNT: '5' } });
    make = new Make(test);
  });
  afterAll(() => test.close());

  const signIn = (email: string, password: string, deviceToken?: string) =>
    make.client.post<{ deviceToken: string; accessToken: string }>('/v1/auth/login', {
      email,
      password,
      ...(deviceToken !== undefined && { deviceToken }),
    });
  const someDevice = async (): Promise<MadeUser & { deviceToken: string; token: string }> => {
    const made = await make.user();
    const { body } = await signIn(made.email, made.password);
    return { ...made, deviceToken: body.deviceToken, token: body.accessToken };
  };
  const hammer = async (email: string) => {
    for (let i = 0; i < 5; i++) await signIn(email, WRONG);
    expectProblem(await signIn(email, WRONG), 429, 'too_many_attempts');
  };
  const reset = async (email: string) => {
    const token = await resetTokenFor(test, email);
    const answer = await make.client.post('/v1/auth/password/reset', { token, newPassword: NEW });
    expect(answer.status).toBe(204);
  };

  it('is a stranger after a reset: it has no budget of its own', async () => {
    const { email, deviceToken } = await someDevice();
    await reset(email);
    await hammer(email);
    expectProblem(await signIn(email, NEW, deviceToken), 429, 'too_many_attempts');
  });

  it('is news again when it signs in after a reset', async () => {
    const { email, deviceToken } = await someDevice();
    await reset(email);
    await signIn(email, NEW, deviceToken);
    const mails = await test.outbox.waitFor(email, 3);
    expect(mails.map(({ subject }) => subject).at(-1)).toMatch(/new device/i);
  });

  it('is a stranger after a change of the address was undone', async () => {
    const { email, deviceToken, token, user } = await someDevice();
    const changes = new EmailChanges(test, make);
    const undo = await changes.done(make.client.as(token), email);
    expect((await changes.undo(undo)).status).toBe(204);
    const rows = await test.database.query<unknown[]>(
      'SELECT 1 FROM known_devices WHERE user_id = $1',
      [user.id],
    );
    expect(rows).toEqual([]);
    await hammer(email);
    expectProblem(await signIn(email, WRONG, deviceToken), 429, 'too_many_attempts');
  });

  it('is still known after she changed the password herself', async () => {
    const { email, password, deviceToken, token } = await someDevice();
    const change = { currentPassword: password, newPassword: NEW };
    await make.client.as(token).post('/v1/auth/password/change', change);
    await hammer(email);
    expect((await signIn(email, NEW, deviceToken)).status).toBe(200);
  });
});
