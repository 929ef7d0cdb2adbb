import { Browser } from '../support/browser.js';
import { Make } from '../support/make.js';
import { complaintsOf, expectProblem } from '../support/problems.js';
import { allMailsAreOut } from '../support/reset-links.js';
import { changingNoRow } from '../support/rows.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const PASSWORD = 'a heron sleeps on the roof';
const SET = '/v1/auth/password/set';

describe('Somebody who came by another door and has no password', () => {
  let test: TestApp;
  let make: Make;

  beforeAll(async () => {
    test = await startTestApp({ environment: { ACCESS_TOKEN_TTL: '3600', HASH_QUEUE: '64' } });
    make = new Make(test);
  });
  afterAll(() => test.close());

  /** Signed in, as by a provider; there is no such door yet, so her password is taken away afterwards. */
  const withoutPassword = async (passwordHash: string | null = null) => {
    const made = await make.signedIn();
    await test.database.query('UPDATE users SET password_hash = $2 WHERE id = $1', [
      made.user.id,
      passwordHash,
    ]);
    return made;
  };

  it.each([null, '!unusable'])('gives herself one (%p)', async (passwordHash) => {
    const { client, email } = await withoutPassword(passwordHash);
    expect(await client.post(SET, { newPassword: PASSWORD })).toMatchObject({
      status: 204,
      text: '',
    });
    expect(await make.client.login(email, PASSWORD)).toMatchObject({ status: 200 });
    expect(await client.me()).toMatchObject({ status: 200 });
    await allMailsAreOut(test);
    const subjects = test.outbox.to(email).map(({ subject }) => subject);
    expect(subjects[0]).toBe('Your account has a password now');
  });

  it('ends her other sessions, and renews the cookie of this one', async () => {
    const made = await make.user();
    const browser = new Browser(test);
    await browser.signIn(made);
    const { body } = await make.client.login(made.email, made.password);
    await test.database.query('UPDATE users SET password_hash = NULL WHERE id = $1', [
      made.user.id,
    ]);
    const former = browser.cookie('session');
    expect(await browser.post(SET, { newPassword: PASSWORD })).toMatchObject({ status: 204 });
    expect(browser.cookie('session')).not.toBe(former);
    expect(await browser.me()).toMatchObject({ status: 200 });
    expectProblem(await make.client.as(body.accessToken).me(), 401, 'invalid_token');
  });

  it('must have proved recently that it is she', async () => {
    const { client } = await withoutPassword();
    test.clock.forward(301);
    await changingNoRow(test, async () => {
      const answer = await client.post(SET, { newPassword: PASSWORD });
      expectProblem(answer, 403, 'reauthentication_required');
    });
  });

  it('is held to the rules', async () => {
    const { client, email } = await withoutPassword();
    await changingNoRow(test, async () => {
      const short = await client.post(SET, { newPassword: 'short' });
      expect(complaintsOf(short)).toEqual(['newPassword password_too_short']);
      const similar = await client.post(SET, { newPassword: email });
      expect(complaintsOf(similar)).toEqual(['newPassword password_too_similar']);
    });
  });

  it('cannot do it twice, nor anybody who has one', async () => {
    const { client } = await withoutPassword();
    await client.post(SET, { newPassword: PASSWORD });
    await allMailsAreOut(test);
    await changingNoRow(test, async () => {
      const again = await client.post(SET, { newPassword: 'a third one, why not' });
      expectProblem(again, 409, 'password_exists');
      const short = await client.post(SET, { newPassword: 'short' });
      expectProblem(short, 409, 'password_exists');
    });
    expectProblem(await make.client.post(SET, { newPassword: PASSWORD }), 401, 'not_authenticated');
  });

  it('of thirty at once one wins, and the password is the one that won', async () => {
    const { client, email } = await withoutPassword();
    const passwords = Array.from({ length: 30 }, (_, i) => `the crowd has number ${i}`);
    const answers = await Promise.all(
      passwords.map((newPassword) => client.post(SET, { newPassword })),
    );
    const won = passwords.filter((_, i) => answers[i]?.status === 204);
    expect(won).toHaveLength(1);
    for (const answer of answers) {
      if (answer.status !== 204) expectProblem(answer, 409, 'password_exists');
    }
    expect(await make.client.login(email, won[0]!)).toMatchObject({ status: 200 });
  });
});
