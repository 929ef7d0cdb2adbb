import { setTimeout as sleep } from 'node:timers/promises';
import { EmailChanges } from '../support/email-changes.js';
import { GOOD_PASSWORD, Make, someEmail } from '../support/make.js';
import { MANY_MAILS } from '../support/many-mails.js';
import { everyMailSent } from '../support/post.js';
import { expectProblem } from '../support/problems.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

/** Each of these was right by itself; this is what they are to each other. */
describe('Between two of the flows of an account', () => {
  let test: TestApp;
  let make: Make;
  let changes: EmailChanges;

  beforeAll(async () => {
    test = await startTestApp({ environment: { ...MANY_MAILS, EMAIL_VERIFICATION: 'optional' } });
    make = new Make(test);
    changes = new EmailChanges(test, make);
  });
  afterAll(() => test.close());

  const passwords = [GOOD_PASSWORD, 'a heron sleeps on the roof'];

  it('a changed password gives no fresh mails, nor fresh guesses of a code', async () => {
    const { client, user } = await make.signedIn();
    for (let i = 0; i < 5; i++) {
      const [currentPassword = '', newPassword = ''] = i % 2 ? passwords.toReversed() : passwords;
      expect(await changes.ask(client, someEmail('victim'), currentPassword)).toMatchObject({ status: 202 });
      for (let guess = 0; guess < 5; guess++) await changes.byCode(client, '0000 0000');
      const changed = await client.post('/v1/auth/password/change', { currentPassword, newPassword });
      expect(changed.status).toBeLessThan(300);
    }
    const again = await changes.ask(client, someEmail('victim'), passwords[1]);
    expectProblem(again, 429, 'too_many_attempts');
    const [row] = await test.database.query<object[]>(
      'SELECT code_tries + earlier_tries AS tries FROM one_time_tokens WHERE user_id = $1',
      [user.id],
    );
    expect(row).toEqual({ tries: 20 });
  });

  it('whoever gets her address back is told how to keep an account that was closed meanwhile', async () => {
    const victim = await make.signedIn();
    const to = someEmail('thief');
    const { body } = await make.client.login(victim.email, GOOD_PASSWORD);
    const thief = make.client.as(body.accessToken);
    const undo = await changes.done(thief, victim.email, to);
    await thief.send({ method: 'DELETE', url: '/v1/users/me' });
    const thiefs = await changes.tokenIn(to, 'ghd');

    expect(await changes.undo(undo)).toMatchObject({ status: 204 });
    await everyMailSent(test);
    const keep = await changes.tokenIn(victim.email, 'ghd');
    const asks = (token: string) => make.client.post('/v1/auth/deletion/undo', { token });
    expectProblem(await asks(thiefs), 400, 'token_invalid');
    expect(await asks(keep)).toMatchObject({ status: 204 });
  });

  it.each([
    ['verification', { emailVerifiedAt: null }],
    ['reactivation', { isActive: false, leftAt: new Date() }],
  ])('nobody is answered otherwise who asks for %s while the account goes', async (_, given) => {
    const path = _ === 'verification' ? '/v1/auth/email/verification' : '/v1/auth/reactivation';
    for (let round = 0; round < 20; round++) {
      const { user, email } = await make.user(given);
      const asked = Array.from({ length: 10 }, () => make.client.post(path, { email }));
      await sleep(round / 2);
      await test.database.query('DELETE FROM users WHERE id = $1', [user.id]);
      const answers = await Promise.all(asked);
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 202));
    }
  });
});
