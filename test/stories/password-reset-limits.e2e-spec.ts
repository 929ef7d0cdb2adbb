import { OpaqueToken } from '../../src/common/opaque-token.js';
import { Make, someEmail } from '../support/make.js';
import { expectProblem } from '../support/problems.js';
import { allMailsAreOut, linksMailedTo, resetTokenFor } from '../support/reset-links.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const NEW_PASSWORD = 'a heron sleeps on the roof';

describe('Somebody who asks for links again and again', () => {
  let test: TestApp;
  let make: Make;

  beforeAll(async () => {
    test = await startTestApp();
    make = new Make(test);
  });
  afterAll(() => test.close());

  it('H14 fills no mailbox: of a hundred in an hour three are mailed, and nobody is told', async () => {
    const { email, password } = await make.user();
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => make.client.forgot(email.toUpperCase())),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    const mailed = await linksMailedTo(test, email);
    expect(mailed).toBeGreaterThan(0);
    expect(mailed).toBeLessThan(4);
    expect((await make.client.login(email, password)).status).toBe(200);
  });

  it('H14 keeps its owner out neither: the newest link that was mailed goes on to work', async () => {
    const { email } = await make.user();
    await resetTokenFor(test, email);
    await resetTokenFor(test, email);
    const newest = await resetTokenFor(test, email);
    for (let i = 0; i < 5; i++) await make.client.forgot(email);
    await allMailsAreOut(test);
    expect(await make.client.reset(newest, NEW_PASSWORD)).toMatchObject({ status: 204 });
  });

  it('H14 is sent links again an hour later', async () => {
    const { email } = await make.user();
    for (let i = 0; i < 4; i++) await make.client.forgot(email);
    test.clock.forward(3601);
    expect(await resetTokenFor(test, email)).toMatch(/^ghp_/);
  });

  it('H14 finds out nothing: an address that nobody has is counted alike', async () => {
    const email = someEmail();
    const answers = [];
    for (let i = 0; i < 5; i++) answers.push(await make.client.forgot(email));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    await allMailsAreOut(test);
    expect(test.outbox.to(email).length).toBeLessThan(4);
  });

  it('H26 is held off when she guesses tokens, whether she looks or spends', async () => {
    const other = await startTestApp({ environment: { REQUESTS_PER_ADDRESS: '10' } });
    await other.database.query('DELETE FROM rate_counters'); // other stories came from the same address
    const { client } = new Make(other);
    const guess = () => OpaqueToken.issue('ghp').reveal();
    const answers = [];
    for (let i = 0; i < 10; i++) {
      answers.push(await (i % 2 ? client.checkReset(guess()) : client.reset(guess(), 'x')));
    }
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([400]));
    const refused = [await client.checkReset(guess()), await client.reset(guess(), NEW_PASSWORD)];
    await other.close();
    for (const answer of refused) {
      expectProblem(answer, 429, 'too_many_attempts');
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    }
  });

  it('clears what was held against the account by resetting its password', async () => {
    const other = await startTestApp({ environment: { LOGIN_FAILURES_PER_ACCOUNT: '3' } });
    const own = new Make(other);
    const { email, password } = await own.user();
    for (let i = 0; i < 4; i++) await own.client.login(email, 'wrong');
    const before = await own.client.login(email, password);
    await own.client.reset(await resetTokenFor(other, email), NEW_PASSWORD);
    const after = await own.client.login(email, NEW_PASSWORD);
    await other.close();
    expectProblem(before, 429, 'too_many_attempts');
    expect(after.status).toBe(200);
  });

  it('guesses a current password no more often than a password at the door', async () => {
    const environment = { LOGIN_FAILURES_PER_ACCOUNT: '3', ACCESS_TOKEN_TTL: '3600' };
    const other = await startTestApp({ environment });
    const { client, password } = await new Make(other).signedIn();
    const change = (currentPassword: string) =>
      client.post('/v1/auth/password/change', { currentPassword, newPassword: NEW_PASSWORD });
    const answers = [];
    for (let i = 0; i < 3; i++) answers.push(await change('wrong'));
    const right = await change(password);
    const again = await client.post('/v1/auth/reauthenticate', { password });
    other.clock.forward(901);
    const later = await change(password);
    await other.close();
    expect(answers.map(({ status }) => status)).toEqual([400, 400, 400]);
    expectProblem(right, 429, 'too_many_attempts');
    expectProblem(again, 429, 'too_many_attempts');
    expect(later.status).toBe(204);
  });
});
