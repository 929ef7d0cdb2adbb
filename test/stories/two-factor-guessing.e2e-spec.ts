import { LogBook } from '../support/audit.js';
import { type Authenticator, withAuthenticator } from '../support/authenticator.js';
import { Make, type MadeUser } from '../support/make.js';
import { expectProblem } from '../support/problems.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const TWO_FACTOR = '/v1/auth/login/two-factor';
const FREE = 5;

interface Ann extends MadeUser {
  readonly app: Authenticator;
}

/** Security catalogue G04, G05, G20, B12: one budget of the account, for all that can be guessed after the password. */
describe('Whoever has a password and guesses at the second factor', () => {
  let test: TestApp;
  let make: Make;

  beforeAll(async () => {
    test = await startTestApp({
      environment: { LOGIN_FAILURES_PER_ACCOUNT: String(FREE), TRUST_PROXY: '1' },
    });
    make = new Make(test);
  });
  afterAll(() => test.close());

  const ann = async (): Promise<Ann> => {
    const made = await make.user();
    return { ...made, app: await withAuthenticator(test, made.user.id) };
  };
  let addresses = 0;
  /** From an address that nobody has called from. */
  const elsewhere = () => ({
    'x-forwarded-for': `198.51.${String(++addresses >> 8)}.${String(addresses & 255)}`,
  });
  const post = (url: string, body: object, headers = elsewhere()) =>
    make.client.send<{ challengeToken: string; deviceToken: string; accessToken: string }>({
      method: 'POST',
      url,
      headers: { 'content-type': 'application/json', ...headers },
      payload: JSON.stringify(body),
    });
  const challenge = async ({ email, password }: MadeUser, more = {}): Promise<string> =>
    (await post('/v1/auth/login', { email, password, ...more })).body.challengeToken;
  const show = async (her: Ann, code: string, method = 'totp', more = {}) =>
    post(TWO_FACTOR, { challengeToken: await challenge(her, more), method, code, ...more });
  const exhaust = async (her: Ann): Promise<void> => {
    for (let i = 0; i < FREE; i++) expect((await show(her, her.app.wrongCode())).status).toBe(401);
  };

  it('has five guesses, whatever new challenges and addresses he takes for them', async () => {
    const her = await ann();
    await exhaust(her);
    const held = await show(her, her.app.code());
    expectProblem(held, 429, 'too_many_attempts');
    expect(Number(held.headers['retry-after'])).toBeGreaterThan(800);
  });

  it('has them over all factors together', async () => {
    const her = await ann();
    for (let i = 0; i < FREE; i++) {
      const isCode = i % 2 === 0;
      const shown = isCode ? her.app.wrongCode() : 'aaaaa-bbbbb-ccccc-ddddd-eeeeee';
      expect((await show(her, shown, isCode ? 'totp' : 'recovery_code')).status).toBe(401);
    }
    expect((await show(her, 'aaaaa-bbbbb-ccccc-ddddd-eeeeee', 'recovery_code')).status).toBe(429);
  });

  it('has no more within a session', async () => {
    const her = await ann();
    const { body } = await show(her, her.app.code());
    const client = make.client.as(body.accessToken);
    for (let i = 0; i < FREE; i++) {
      const answer = await client.post('/v1/auth/reauthenticate', { code: her.app.wrongCode() });
      expectProblem(answer, 401, 'invalid_code');
    }
    const held = await client.post('/v1/auth/reauthenticate', { code: her.app.nextCode() });
    expectProblem(held, 429, 'too_many_attempts');
  });

  it('gets five more after each wait, which doubles; and never more than a hundred in a row', async () => {
    const her = await ann();
    let tried = 0;
    for (let round = 0; round < 190; round++) {
      const { status, headers } = await show(her, her.app.wrongCode());
      if (status === 401) tried++;
      else test.clock.forward(Number(headers['retry-after']) + 1);
    }
    expect(tried).toBeLessThanOrEqual(100);
    expect(tried).toBeGreaterThan(50);
    expect((await show(her, her.app.nextCode())).status).toBe(429);
  }, 120_000);

  it('does not hold off the owner on a device that she has used before', async () => {
    const her = await ann();
    const { deviceToken } = (await show(her, her.app.code())).body;
    await exhaust(her);
    test.clock.forward(30);
    expect((await show(her, her.app.code(), 'totp', { deviceToken })).status).toBe(200);
  });

  it('is told of to the owner, once a day', async () => {
    const her = await ann();
    await exhaust(her);
    for (let i = 0; i < 3; i++) expect((await show(her, her.app.code())).status).toBe(429);
    await test.outbox.about(her.email, 'Somebody guesses at your second factor');
    expect(test.outbox.to(her.email)).toHaveLength(1);
    const words = await (await LogBook.of(test)).words(her.user.id);
    expect(words).toContain('too_many_attempts failure');
    expect(words).toContain('sign_in failure');
  });

  it('a right password gives nothing back of it', async () => {
    const her = await ann();
    await exhaust(her);
    for (let i = 0; i < 3; i++) await challenge(her);
    expect((await show(her, her.app.code())).status).toBe(429);
  });

  it('tries five times with one challenge', async () => {
    const her = await ann();
    const { deviceToken } = (await show(her, her.app.code())).body;
    const token = await challenge(her);
    const once = (code: string) =>
      post(TWO_FACTOR, { challengeToken: token, method: 'totp', code });
    await test.database.query('DELETE FROM guess_counts');
    for (let i = 0; i < 4; i++) expect((await once(her.app.wrongCode())).status).toBe(401);
    await test.database.query('DELETE FROM guess_counts');
    expectProblem(await once(her.app.wrongCode()), 401, 'invalid_code');
    await test.database.query('DELETE FROM guess_counts');
    expectProblem(await once(her.app.nextCode()), 401, 'challenge_expired');
    expect((await show(her, her.app.code(), 'totp', { deviceToken })).status).toBe(200);
  });
});
