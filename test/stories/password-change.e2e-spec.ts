import { Browser } from '../support/browser.js';
import { HashMeter } from '../support/hash-work.js';
import { Make, someEmail } from '../support/make.js';
import { olderHash } from '../support/older-hash.js';
import { complaintsOf, expectProblem } from '../support/problems.js';
import { allMailsAreOut, resetTokenFor } from '../support/reset-links.js';
import { changingNoRow } from '../support/rows.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const NEW_PASSWORD = 'a heron sleeps on the roof';
const CHANGE = '/v1/auth/password/change';

describe('Somebody who changes her password', () => {
  let test: TestApp;
  let make: Make;

  beforeAll(async () => {
    test = await startTestApp({ environment: { HASH_QUEUE: '64' } });
    make = new Make(test);
  });
  afterAll(() => test.close());

  const changed = (currentPassword: unknown, newPassword: unknown = NEW_PASSWORD) =>
    [CHANGE, { currentPassword, newPassword }] as const;
  const signIn = async (email: string, password: string) =>
    (await make.client.login(email, password)).status;

  it('stays signed in where she is, and nowhere else', async () => {
    const { email, password, client } = await make.signedIn();
    const { body: phone } = await make.client.login(email, password);
    const browser = new Browser(test);
    await browser.signIn({ email, password });

    const answer = await client.post(...changed(password));
    expect(answer).toMatchObject({ status: 204, text: '' });
    expect(answer.headers['set-cookie']).toBeUndefined();

    expect(await client.me()).toMatchObject({ status: 200 });
    expectProblem(await make.client.as(phone.accessToken).me(), 401, 'invalid_token');
    const { refreshToken } = phone;
    const refreshed = await make.client.post('/v1/auth/refresh', { refreshToken });
    expectProblem(refreshed, 401, 'invalid_token');
    expectProblem(await browser.me(), 401, 'invalid_token');
    expect(await signIn(email, password)).toBe(401);
    expect(await signIn(email, NEW_PASSWORD)).toBe(200);
  });

  it('can still refresh the session that she did it in', async () => {
    const { email, password } = await make.user();
    const { body } = await make.client.login(email, password);
    await make.client.as(body.accessToken).post(...changed(password));
    const { refreshToken } = body;
    const refreshed = await make.client.post('/v1/auth/refresh', { refreshToken });
    expect(refreshed.status).toBe(200);
  });

  it('gets a fresh cookie and CSRF token by cookie; the former ones are dead at once', async () => {
    const made = await make.user();
    const browser = new Browser(test);
    await browser.signIn(made);
    const former = browser.cookie('session') ?? '';
    const formerCsrf = browser.csrf;
    expect(await browser.post(...changed(made.password))).toMatchObject({ status: 204 });
    expect(browser.cookie('session')).not.toBe(former);
    expect(await browser.me()).toMatchObject({ status: 200 });
    const url = '/v1/auth/logout/all';
    const stale = await browser.send({ method: 'POST', url, headers: formerCsrf });
    expectProblem(stale, 403, 'csrf_failed');
    browser.plant('session', former);
    expectProblem(await browser.me(), 401, 'invalid_token');
  });

  it('needs the CSRF token by cookie', async () => {
    const made = await make.user();
    const browser = new Browser(test);
    await browser.signIn(made);
    const [url, body] = changed(made.password);
    expectProblem(await browser.send({ method: 'POST', url, body }), 403, 'csrf_failed');
    expect(await signIn(made.email, made.password)).toBe(200);
  });

  it('is told by mail', async () => {
    const { email, password, client } = await make.signedIn();
    await client.post(...changed(password));
    await allMailsAreOut(test);
    const [mail, second] = test.outbox.to(email);
    expect(mail?.subject).toBe('Your password was changed');
    expect(mail?.text).toContain('IP address: 127.0.0.1');
    expect(second).toBeUndefined();
  });

  it.each(['wrong', 'A VIOLET RIDES THE TRAM', ' a violet rides the tram', NEW_PASSWORD])(
    'is refused with the current password %p, and stays signed in',
    async (wrong) => {
      const { email, password, client } = await make.signedIn();
      await changingNoRow(test, async () => {
        const answer = await client.post(...changed(wrong));
        expectProblem(answer, 400, 'validation_failed');
        expect(complaintsOf(answer)).toEqual(['currentPassword password_incorrect']);
      });
      expect(await client.me()).toMatchObject({ status: 200 });
      expect(await signIn(email, password)).toBe(200);
    },
  );

  it.each(['', 1, null, [], {}, undefined, 'x'.repeat(513)])(
    'takes no current password such as %p',
    async (current) => {
      const { client } = await make.signedIn();
      await changingNoRow(test, async () => {
        const answer = await client.post(...changed(current));
        expectProblem(answer, 400, 'validation_failed');
        expect(complaintsOf(answer)[0]).toMatch(/^currentPassword /);
      });
    },
  );

  it('cannot change anybody else’s', async () => {
    const { client, password } = await make.signedIn();
    const victim = await make.user();
    for (const field of ['userId', 'email', 'id']) {
      const body = { ...changed(password)[1], [field]: victim.user.id };
      expectProblem(await client.post(CHANGE, body), 400, 'validation_failed');
    }
    expectProblem(await make.client.post(...changed(password)), 401, 'not_authenticated');
    expect(await signIn(victim.email, victim.password)).toBe(200);
  });

  it.each<[string, (email: string) => unknown, string]>([
    ['is too short', () => 'too short', 'newPassword password_too_short'],
    ['is like her address', (email) => email, 'newPassword password_too_similar'],
    ['is like her name', () => 'Wilhelmina1', 'newPassword password_too_similar'],
  ])('is refused a new one that %s', async (_, vary, complaint) => {
    const made = await make.signedIn({ email: someEmail('a'), firstName: 'Wilhelmina' });
    await changingNoRow(test, async () => {
      const answer = await made.client.post(...changed(made.password, vary(made.email)));
      expectProblem(answer, 400, 'validation_failed');
      expect(complaintsOf(answer)).toEqual([complaint]);
    });
  });

  it('learns nothing of the rules without the current password, and pays one hash', async () => {
    const { client } = await make.signedIn();
    const hashing = new HashMeter(test);
    const answer = await client.post(...changed('wrong', 'short'));
    expect(complaintsOf(answer)).toEqual(['currentPassword password_incorrect']);
    expect(hashing.take()).toEqual(['check']);
  });

  it.each([null, '!unusable', ''])('has none to change when hers is %p', async (passwordHash) => {
    const { client, user, password } = await make.signedIn();
    await test.database.query('UPDATE users SET password_hash = $2 WHERE id = $1', [
      user.id,
      passwordHash,
    ]);
    const answer = await client.post(...changed(password));
    expect(complaintsOf(answer)).toEqual(['currentPassword password_incorrect']);
  });

  it('can change one whose hash is of an older kind', async () => {
    const { email, password } = await make.user();
    const { body } = await make.client.login(email, password);
    await test.database.query('UPDATE users SET password_hash = $2 WHERE email = $1', [
      email,
      olderHash(),
    ]);
    const answer = await make.client.as(body.accessToken).post(...changed(password));
    expect(answer.status).toBe(204);
    expect(await signIn(email, NEW_PASSWORD)).toBe(200);
  });

  it('of thirty at once one wins, and the password is the one that won', async () => {
    const { client, email, password } = await make.signedIn();
    const passwords = Array.from({ length: 30 }, (_, i) => `the crowd has number ${i}`);
    const answers = await Promise.all(
      passwords.map((each) => client.post(...changed(password, each))),
    );
    const won = passwords.filter((_, i) => answers[i]?.status === 204);
    expect(won).toHaveLength(1);
    for (const answer of answers) {
      if (answer.status !== 204) {
        expect(complaintsOf(answer)).toEqual(['currentPassword password_incorrect']);
      }
    }
    expect(await signIn(email, won[0]!)).toBe(200);
    expect(await client.me()).toMatchObject({ status: 200 });
  });

  it('against a reset at the same time: one password, and no session that the reset leaves', async () => {
    for (let round = 0; round < 5; round++) {
      const { client, email, password, user } = await make.signedIn();
      const token = await resetTokenFor(test, email);
      const [change, reset] = await Promise.all([
        client.post(...changed(password, 'this one was changed')),
        make.client.reset(token, 'this one was reset to'),
      ]);
      const wonByReset = reset.status === 204;
      expect([change.status === 204, wonByReset].filter(Boolean)).toHaveLength(1);
      expect(await signIn(email, 'this one was reset to')).toBe(wonByReset ? 200 : 401);
      expect(await signIn(email, 'this one was changed')).toBe(wonByReset ? 401 : 200);
      expect((await client.me()).status).toBe(wonByReset ? 401 : 200);
      const left = await test.database.query<object[]>(
        'SELECT 1 FROM one_time_tokens WHERE user_id = $1',
        [user.id],
      );
      expect(left).toEqual([]);
    }
  });

  it('is not changed by a session that ended meanwhile', async () => {
    const { client, email, password } = await make.signedIn();
    const [answer] = await Promise.all([
      client.post(...changed(password)),
      client.post('/v1/auth/logout'),
    ]);
    const status = await signIn(email, NEW_PASSWORD);
    expect(status).toBe(answer.status === 204 ? 200 : 401);
  });

  it('counts as having proved it: what is sensitive is allowed afterwards', async () => {
    const { client, password, user } = await make.signedIn();
    test.clock.forward(200);
    await client.post(...changed(password));
    const [session] = await test.database.query<{ authenticated_at: Date }[]>(
      'SELECT authenticated_at FROM sessions WHERE user_id = $1',
      [user.id],
    );
    expect(test.clock.millis() - session!.authenticated_at.getTime()).toBeLessThan(100_000);
  });
});
