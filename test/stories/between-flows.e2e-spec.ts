import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '../support/client.js';
import { EmailChanges } from '../support/email-changes.js';
import { GOOD_PASSWORD, Make, someEmail } from '../support/make.js';
import { MANY_MAILS } from '../support/many-mails.js';
import { everyMailSent } from '../support/post.js';
import { expectProblem } from '../support/problems.js';
import { resetTokenFor } from '../support/reset-links.js';
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

  const asksOften = async (client: Client, password: string, between: () => Promise<string>) => {
    let current = password;
    for (let i = 0; i < 4; i++) {
      expect(await changes.ask(client, someEmail('other'), current)).toMatchObject({ status: 202 });
      for (let guess = 0; guess < 5; guess++) await changes.byCode(client, '0000 0000');
      current = await between();
    }
    return current;
  };

  it('a changed password gives no fresh mails to others, and no fresh guesses of a code', async () => {
    const { client, password } = await make.signedIn();
    let [current, next] = [password, 'a heron sleeps on the roof'];
    current = await asksOften(client, current, async () => {
      const body = { currentPassword: current, newPassword: next };
      expect((await client.post('/v1/auth/password/change', body)).status).toBeLessThan(300);
      [current, next] = [next, current];
      return current;
    });
    const to = someEmail('other');
    expect(await changes.ask(client, to, current)).toMatchObject({ status: 202 });
    const right = await changes.byCode(client, await changes.codeIn(to));
    expectProblem(right, 400, 'token_invalid');
    expectProblem(await changes.ask(client, to, current), 429, 'too_many_attempts');
  });

  it('nor does a wish that was fulfilled meanwhile', async () => {
    const { client, password } = await make.signedIn();
    for (let i = 0; i < 5; i++) {
      const to = someEmail('mine');
      expect(await changes.ask(client, to)).toMatchObject({ status: 202 });
      await changes.confirm(await changes.tokenIn(to, 'ghe'));
    }
    const sixth = await changes.ask(client, someEmail('other'), password);
    expectProblem(sixth, 429, 'too_many_attempts');
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
    ['signed in with', false],
    ['signed in with, and closed,', true],
  ])('an account that a thief has %s keeps nobody from her own address', async (_, closed) => {
    const victim = await make.signedIn();
    const { body } = await make.client.login(victim.email, GOOD_PASSWORD);
    const undo = await changes.done(make.client.as(body.accessToken), victim.email);
    await make.client.register(victim.email, 'a stranger waits in here');
    const stranger = await make.client.login(victim.email, 'a stranger waits in here');
    const there = make.client.as(stranger.body.accessToken);
    expect(await there.me()).toMatchObject({ status: 200 });
    if (closed) await there.post('/v1/users/me/deactivate');

    expect(await changes.undo(undo)).toMatchObject({ status: 204 });
    expect(await changes.addressOf(victim)).toBe(victim.email);
    expectProblem(await there.me(), 401, 'invalid_token');
    const again = await make.client.login(victim.email, 'a stranger waits in here');
    expectProblem(again, 401, 'invalid_credentials');
  });

  it('an address that nobody proved is not lost for good by closing the account', async () => {
    const squatter = await make.signedIn({ emailVerifiedAt: null, firstName: 'Mallory' });
    await squatter.client.post('/v1/users/me/deactivate');
    await make.client.post('/v1/auth/reactivation', { email: squatter.email });
    const token = await changes.tokenIn(squatter.email, 'ghd');
    expect(await make.client.post('/v1/auth/deletion/undo', { token })).toMatchObject({
      status: 204,
    });

    const reset = await resetTokenFor(test, squatter.email);
    await make.client.reset(reset, 'a heron sleeps on the roof');
    const { body } = await make.client.login(squatter.email, 'a heron sleeps on the roof');
    expect(body.user).toMatchObject({ firstName: '', emailVerified: true });
  });

  it.each([
    ['/v1/auth/email/verification', { emailVerifiedAt: null }],
    ['/v1/auth/reactivation', { isActive: false, leftAt: new Date() }],
    ['/v1/auth/password/forgot', {}],
  ])('whoever asks at %s while the account goes is answered as ever', async (path, given) => {
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
