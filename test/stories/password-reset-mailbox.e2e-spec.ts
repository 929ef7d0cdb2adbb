import { Make, someEmail } from '../support/make.js';
import { expectProblem } from '../support/problems.js';
import { allMailsAreOut, linksMailedTo, resetTokenFor } from '../support/reset-links.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const ATTACKERS = 'the attacker waits here';
const VICTIMS = 'the victim comes later on';

/** Security catalogue 4.H13, 4.H20 and 4.H22: whoever resets a password has read the mail of the account. */
describe('A reset proves the mailbox', () => {
  let test: TestApp;
  let make: Make;

  beforeAll(async () => {
    // The only way in which somebody unproved has sessions at all.
    test = await startTestApp({ environment: { EMAIL_VERIFICATION: 'optional' } });
    make = new Make(test);
  });
  afterAll(() => test.close());

  const me = async (email: string, password: string) => {
    const { body } = await make.client.login(email, password);
    return (await make.client.as(body.accessToken).me()).body;
  };

  it('H13 of an address that nobody had proved', async () => {
    const { email, password } = await make.user({ emailVerifiedAt: null });
    expect(await me(email, password)).toMatchObject({ emailVerified: false });
    await make.client.reset(await resetTokenFor(test, email), VICTIMS);
    expect(await me(email, VICTIMS)).toMatchObject({ emailVerified: true });
  });

  it('and keeps the time at which it was proved first', async () => {
    const emailVerifiedAt = new Date('2026-01-02T03:04:05.678Z');
    const { email, user } = await make.user({ emailVerifiedAt });
    await make.client.reset(await resetTokenFor(test, email), VICTIMS);
    const rows = await test.database.query<object[]>(
      'SELECT email_verified_at FROM users WHERE id = $1',
      [user.id],
    );
    expect(rows).toEqual([{ email_verified_at: emailVerifiedAt }]);
  });

  it('H22 and what a stranger had set up under the address before opens nothing', async () => {
    const email = someEmail('victim');
    await make.client.register(email, ATTACKERS, { firstName: 'Mallory' });
    const verification = await test.outbox.tokenFor(email);
    const { body: attacker } = await make.client.login(email, ATTACKERS);
    const attackers = make.client.as(attacker.accessToken);
    expect(await attackers.me()).toMatchObject({ status: 200 });

    await make.client.reset(await resetTokenFor(test, email), VICTIMS);

    expectProblem(await attackers.me(), 401, 'invalid_token');
    const { refreshToken } = attacker;
    const refreshed = await make.client.post('/v1/auth/refresh', { refreshToken });
    expectProblem(refreshed, 401, 'invalid_token');
    expectProblem(await make.client.login(email, ATTACKERS), 401, 'invalid_credentials');
    expectProblem(await make.client.verify(verification), 400, 'token_invalid');
    const left = await test.database.query<object[]>(
      `SELECT purpose FROM one_time_tokens t JOIN users u ON u.id = t.user_id
        WHERE u.email_canonical = $1`,
      [email],
    );
    expect(left).toEqual([]);
    expect(await me(email, VICTIMS)).toMatchObject({ emailVerified: true, firstName: '' });
    await allMailsAreOut(test);
    const mail = test.outbox.to(email).at(-1);
    expect(mail?.subject).toBe('Your password was set, and your address confirmed');
    expect(mail?.text).toContain('is gone: the old password');
  });

  it.each(['reset', 'change'])(
    'H20 a change of address under way is void after a %s',
    async (by) => {
      const { email, user, client, password } = await make.signedIn();
      await test.database.query(
        `INSERT INTO one_time_tokens (id, user_id, purpose, secret_hash, email, expires_at)
       SELECT gen_random_uuid(), $1, purpose, '\\x00', 'attacker@example.com', now() + interval '1 day'
         FROM unnest(ARRAY['change_email', 'undo_email_change']) AS purpose`,
        [user.id],
      );
      if (by === 'reset') await make.client.reset(await resetTokenFor(test, email), VICTIMS);
      else {
        const body = { currentPassword: password, newPassword: VICTIMS };
        await client.post('/v1/auth/password/change', body);
      }
      const left = await test.database.query<{ purpose: string }[]>(
        'SELECT purpose FROM one_time_tokens WHERE user_id = $1',
        [user.id],
      );
      // What undoes a change is for whom it was done to, whatever the one who did it does next.
      expect(left).toEqual([{ purpose: 'undo_email_change' }]);
    },
  );

  it('H13 gives a first password to whoever has none', async () => {
    const { email } = await make.user({ passwordHash: null });
    await make.client.reset(await resetTokenFor(test, email), VICTIMS);
    expect(await me(email, VICTIMS)).toMatchObject({ email });
  });

  it.each([{}, { emailVerifiedAt: null }])(
    'H13 mails nothing to a deactivated user, who stays it (%j)',
    async (given) => {
      const { email, user } = await make.user({ ...given, isActive: false });
      expect(await make.client.forgot(email)).toMatchObject({ status: 202 });
      expect(await linksMailedTo(test, email)).toBe(0);
      const rows = await test.database.query<object[]>(
        `SELECT is_active, (SELECT count(*)::int FROM one_time_tokens WHERE user_id = u.id) AS tokens
           FROM users u WHERE id = $1`,
        [user.id],
      );
      expect(rows).toEqual([{ is_active: false, tokens: 0 }]);
    },
  );
});
