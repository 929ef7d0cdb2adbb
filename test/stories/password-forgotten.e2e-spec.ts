import { Browser } from '../support/browser.js';
import { Make, someEmail } from '../support/make.js';
import { expectProblem } from '../support/problems.js';
import { allMailsAreOut, resetTokenFor } from '../support/reset-links.js';
import { changingNoRow } from '../support/rows.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const NEW_PASSWORD = 'a heron sleeps on the roof';

/** Security catalogue 4.H. */
describe('Somebody who has forgotten her password', () => {
  let test: TestApp;
  let make: Make;

  beforeAll(async () => {
    test = await startTestApp({ environment: { HASH_QUEUE: '64' } });
    make = new Make(test);
  });
  afterAll(() => test.close());

  const signIn = async (email: string, password: string) =>
    (await make.client.login(email, password)).status;

  const notice = async (email: string) => {
    await allMailsAreOut(test);
    return test.outbox.to(email).filter(({ subject }) => subject === 'Your password was reset');
  };

  it('asks for a link, and chooses another one', async () => {
    const { email, password } = await make.user();
    const asked = await make.client.forgot(email);
    expect(asked).toMatchObject({ status: 202, body: { status: 'reset_sent' } });
    const [mail] = await test.outbox.waitFor(email);
    const token = /ghp_\w+/.exec(mail?.text ?? '')?.[0];
    expect(mail?.text).toContain(`http://localhost:3000/reset-password#token=${token}`);
    expect(mail?.html).toContain(`href="http://localhost:3000/reset-password#token=${token}"`);
    expect(mail?.text).toContain('30 minutes');

    expect(await make.client.reset(token, NEW_PASSWORD)).toMatchObject({ status: 204, text: '' });
    expect(await signIn(email, password)).toBe(401);
    expect(await signIn(email, NEW_PASSWORD)).toBe(200);
    expect(await notice(email)).toHaveLength(1);
  });

  it('is found under any casing, and gets the mail at the address of her account', async () => {
    const { email } = await make.user({ email: someEmail('Ann.Lee') });
    await make.client.forgot(` ${email.toUpperCase()} `);
    const [mail] = await test.outbox.waitFor(email);
    expect(mail?.to).toBe(email);
  });

  it('H11 is not signed in by it, on any device: every session there was is over', async () => {
    const { email, client, user } = await make.signedIn();
    const browser = new Browser(test);
    await browser.signIn({ email, password: 'a violet rides the tram' });
    const { body } = await make.client.login(email, 'a violet rides the tram');
    const answer = await make.client.reset(await resetTokenFor(test, email), NEW_PASSWORD);
    expect(answer.status).toBe(204);
    expect(answer.headers['set-cookie']).toBeUndefined();

    expectProblem(await client.me(), 401, 'invalid_token');
    expectProblem(await browser.me(), 401, 'invalid_token');
    const refreshed = await make.client.post('/v1/auth/refresh', {
      refreshToken: body.refreshToken,
    });
    expectProblem(refreshed, 401, 'invalid_token');
    const sessions = await test.database.query<object[]>(
      'SELECT 1 FROM sessions WHERE user_id = $1',
      [user.id],
    );
    expect(sessions).toEqual([]);
  });

  it('can have the link looked at before, as often as she likes', async () => {
    const { email } = await make.user();
    const token = await resetTokenFor(test, email);
    await allMailsAreOut(test);
    await changingNoRow(test, async () => {
      for (let i = 0; i < 3; i++) {
        expect(await make.client.checkReset(token)).toMatchObject({ status: 204, text: '' });
      }
    });
    expect(await make.client.reset(token, NEW_PASSWORD)).toMatchObject({ status: 204 });
    expectProblem(await make.client.checkReset(token), 400, 'token_invalid');
  });

  it('can use the newest link alone', async () => {
    const { email } = await make.user();
    const older = await resetTokenFor(test, email);
    const newer = await resetTokenFor(test, email);
    expectProblem(await make.client.checkReset(older), 400, 'token_invalid');
    expectProblem(await make.client.reset(older, NEW_PASSWORD), 400, 'token_invalid');
    expect(await make.client.reset(newer, NEW_PASSWORD)).toMatchObject({ status: 204 });
  });

  it('H01 can use it once', async () => {
    const { email } = await make.user();
    const token = await resetTokenFor(test, email);
    expect(await make.client.reset(token, NEW_PASSWORD)).toMatchObject({ status: 204 });
    await allMailsAreOut(test);
    await changingNoRow(test, async () => {
      const again = await make.client.reset(token, 'a third one for the same link');
      expectProblem(again, 400, 'token_invalid');
    });
    expect(await signIn(email, NEW_PASSWORD)).toBe(200);
  });

  it('H01 of fifty at once one wins, and the password is the one that won', async () => {
    for (let round = 0; round < 3; round++) {
      const { email } = await make.user();
      const token = await resetTokenFor(test, email);
      const passwords = Array.from({ length: 50 }, (_, i) => `the crowd has number ${i}`);
      const answers = await Promise.all(passwords.map((each) => make.client.reset(token, each)));
      const won = passwords.filter((_, i) => answers[i]?.status === 204);
      expect(won).toHaveLength(1);
      for (const answer of answers) {
        if (answer.status !== 204) expectProblem(answer, 400, 'token_invalid');
      }
      expect(await signIn(email, won[0]!)).toBe(200);
      expect(await notice(email)).toHaveLength(1);
    }
  });

  it.each([
    ['29:59', 1799, 204],
    ['30:01', 1801, 400],
  ])('H02 may use it after %s: %s', async (_, seconds, status) => {
    const { email } = await make.user();
    const token = await resetTokenFor(test, email);
    test.clock.forward(seconds);
    expect((await make.client.checkReset(token)).status).toBe(status);
    expect((await make.client.reset(token, NEW_PASSWORD)).status).toBe(status);
    expect(await signIn(email, NEW_PASSWORD)).toBe(status === 204 ? 200 : 401);
  });

  it('hears the same of a link that is unknown, used, replaced or old', async () => {
    const { email } = await make.user();
    const replaced = await resetTokenFor(test, email);
    const used = await resetTokenFor(test, email);
    await make.client.reset(used, NEW_PASSWORD);
    const old = await resetTokenFor(test, email);
    test.clock.forward(1801);
    const unknown = used.replace(/.(?=.{6}$)/, (letter) => (letter === 'a' ? 'b' : 'a'));
    const answers = await Promise.all(
      [unknown, used, replaced, old, 'nonsense', ''].map((each) => make.client.checkReset(each)),
    );
    const texts = answers.map(({ status, text, body }) =>
      [status, text].join().replace(body.requestId, 'ID'),
    );
    expect(new Set(texts).size).toBe(1);
    expect(texts[0]).toContain('token_invalid');
  });
});
