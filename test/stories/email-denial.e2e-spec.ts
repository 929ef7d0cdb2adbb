import { GOOD_PASSWORD, Make, someEmail } from '../support/make.js';
import { MANY_MAILS } from '../support/many-mails.js';
import { complaintsOf, expectProblem } from '../support/problems.js';
import { changingNoRow } from '../support/rows.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

describe('"This was not me"', () => {
  let test: TestApp;
  let make: Make;

  beforeAll(async () => {
    test = await startTestApp({ environment: MANY_MAILS });
    make = new Make(test);
  });
  afterAll(() => test.close());

  const deny = (token: unknown) => make.client.post('/v1/auth/email/deny', { token });
  const accountsOf = (email: string) =>
    test.database.query<object[]>('SELECT 1 FROM users WHERE email_canonical = $1', [email]);
  const registered = async () => {
    const email = someEmail();
    await make.client.register(email, GOOD_PASSWORD);
    return { email, token: await test.outbox.tokenFor(email) };
  };

  it('removes the account, its link and its code', async () => {
    const { email, token } = await registered();
    const code = /^\d{4} \d{4}$/m.exec(test.outbox.to(email)[0]!.text)![0];
    expect(await deny(token)).toMatchObject({ status: 204, text: '' });
    expect(await accountsOf(email)).toEqual([]);
    expectProblem(await make.client.verify(token), 400, 'token_invalid');
    const byCode = await make.client.post('/v1/auth/email/verify', { email, code });
    expectProblem(byCode, 400, 'token_invalid');
    expectProblem(await make.client.login(email, GOOD_PASSWORD), 401, 'invalid_credentials');
  });

  it('leaves the address free for its owner', async () => {
    const { email, token } = await registered();
    await deny(token);
    await make.client.register(email, 'a heron sleeps on the roof');
    await make.client.verify(await test.outbox.tokenFor(email, 2));
    expect(await make.client.login(email, 'a heron sleeps on the roof')).toMatchObject({
      status: 200,
    });
  });

  it('is said of that registration alone: a later one stands', async () => {
    const { email, token } = await registered();
    await make.client.register(email, 'a heron sleeps on the roof');
    const mine = await test.outbox.tokenFor(email, 2);
    expectProblem(await changingNoRow(test, () => deny(token)), 400, 'token_invalid');
    expect(await make.client.verify(mine)).toMatchObject({ status: 204 });
  });

  it('comes too late once the address is proved', async () => {
    const { email, token } = await registered();
    await make.client.verify(token);
    expectProblem(await changingNoRow(test, () => deny(token)), 400, 'token_invalid');
    expect(await make.client.login(email, GOOD_PASSWORD)).toMatchObject({ status: 200 });
  });

  it('and the proof at once: one of the two happens', async () => {
    for (let round = 0; round < 20; round++) {
      const { email, token } = await registered();
      const [denied, proved] = await Promise.all([deny(token), make.client.verify(token)]);
      expect([denied.status, proved.status].sort()).toEqual([204, 400]);
      expect(await accountsOf(email)).toHaveLength(proved.status === 204 ? 1 : 0);
    }
  });

  it('works once, also for fifty at once, and for a day', async () => {
    const { token } = await registered();
    const answers = await Promise.all(Array.from({ length: 50 }, () => deny(token)));
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
    const late = await registered();
    test.clock.forward(86_401);
    expectProblem(await deny(late.token), 400, 'token_invalid');
  });

  it('is not said by a link for something else', async () => {
    const { token } = await registered();
    expectProblem(await deny(token.replace('ghv_', 'ghp_')), 400, 'token_invalid');
    expectProblem(await deny(`${token}x`), 400, 'token_invalid');
  });

  it.each([[undefined], [null], [42], [[]], [{ $gt: '' }], [true], ['x'.repeat(201)]])(
    'H08 is not said with %p',
    async (token) => {
      const answer = await changingNoRow(test, () => deny(token));
      expectProblem(answer, 400, 'validation_failed');
      expect(complaintsOf(answer)).toHaveLength(1);
    },
  );

  it('does not remove what an administrator made or closed', async () => {
    for (const given of [{ isStaff: true }, { isSuperuser: true }]) {
      const { email } = await make.user({ ...given, emailVerifiedAt: null });
      await make.client.post('/v1/auth/email/verification', { email });
      const token = await test.outbox.tokenFor(email);
      expectProblem(await changingNoRow(test, () => deny(token)), 400, 'token_invalid');
    }
    const { email, token } = await registered();
    await test.database.query('UPDATE users SET is_active = false WHERE email = $1', [email]);
    expectProblem(await changingNoRow(test, () => deny(token)), 400, 'token_invalid');
  });
});

describe('"This was not me", where an unproved address may sign in', () => {
  let test: TestApp;
  let make: Make;

  beforeAll(async () => {
    test = await startTestApp({ environment: { EMAIL_VERIFICATION: 'optional' } });
    make = new Make(test);
  });
  afterAll(() => test.close());

  it('ends the sessions of whoever registered it', async () => {
    const email = someEmail();
    await make.client.register(email, GOOD_PASSWORD);
    const { body } = await make.client.login(email, GOOD_PASSWORD);
    const stranger = make.client.as(body.accessToken);
    expect(await stranger.me()).toMatchObject({ status: 200 });
    await make.client.post('/v1/auth/email/deny', { token: await test.outbox.tokenFor(email) });
    expectProblem(await stranger.me(), 401, 'invalid_token');
    expectProblem(await make.client.login(email, GOOD_PASSWORD), 401, 'invalid_credentials');
  });
});
