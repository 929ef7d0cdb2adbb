import { PasswordService } from '../../src/passwords/password.service.js';
import { UsersService } from '../../src/users/users.service.js';
import { EmailChanges } from '../support/email-changes.js';
import { GOOD_PASSWORD, Make, someEmail } from '../support/make.js';
import { MANY_MAILS } from '../support/many-mails.js';
import { expectProblem } from '../support/problems.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const VICTIMS = 'a heron sleeps on the roof';

/**
 * The five attacks of "Pre-hijacked accounts" (Sudhodanan and Paverd, USENIX Security 2022), where they are
 * hardest to meet: an unproved address may sign in.
 */
describe('Pre-hijacking', () => {
  let test: TestApp;
  let make: Make;
  let changes: EmailChanges;

  beforeAll(async () => {
    test = await startTestApp({
      environment: { EMAIL_VERIFICATION: 'optional', ...MANY_MAILS },
    });
    make = new Make(test);
    changes = new EmailChanges(test, make);
  });
  afterAll(() => test.close());

  const users = () => test.app.get(UsersService, { strict: false });

  /** The attacker registers the victim's address and is signed in with it. */
  const hijacked = async () => {
    const email = someEmail('victim');
    await make.client.register(email, GOOD_PASSWORD, { phoneNumber: '+4930123456' });
    const { body } = await make.client.post<{ accessToken: string; refreshToken: string }>(
      '/v1/auth/login',
      { email, password: GOOD_PASSWORD },
    );
    const { id } = (await users().findByEmail(email))!.user;
    const client = make.client.as(body.accessToken);
    return { email, id, client, refreshToken: body.refreshToken, user: { id } as never };
  };

  /** The victim proves the address by a reset (with a password) or at a provider (without one). */
  const recover = async ({ id, email }: { id: string; email: string }, password?: string) => {
    const passwords = test.app.get(PasswordService, { strict: false });
    const hash = password === undefined ? null : await passwords.hash(password);
    const proved = await test.database.transaction((manager) =>
      users().proveByOther(manager, id, email, hash),
    );
    expect(proved).toBe(true);
  };

  it('1. classic-federated merge: the provider proves the address, the attacker keeps no password', async () => {
    const account = await hijacked();
    await recover(account);
    expectProblem(
      await make.client.login(account.email, GOOD_PASSWORD),
      401,
      'invalid_credentials',
    );
  });

  it('2. unexpired session: no session of the attacker outlives the recovery, nor its refresh token', async () => {
    const account = await hijacked();
    await recover(account, VICTIMS);
    await make.client.login(account.email, VICTIMS);
    const { refreshToken } = account;
    const refreshed = await make.client.post('/v1/auth/refresh', { refreshToken });
    expect(refreshed.status).toBe(401);
    const sessions = await test.database.query<object[]>(
      'SELECT id FROM sessions WHERE user_id = $1',
      [account.id],
    );
    expect(sessions).toHaveLength(1);
  });

  it('3. trojan identifier: what the attacker attached is gone', async () => {
    const account = await hijacked();
    await account.client.patch('/v1/users/me', { firstName: 'Mallory', timezone: 'Europe/Berlin' });
    await changes.ask(account.client, someEmail('attacker'));
    await recover(account, VICTIMS);
    const { body } = await make.client.login(account.email, VICTIMS);
    expect(body.user).toMatchObject({
      email: account.email,
      firstName: '',
      phoneNumber: null,
      timezone: null,
    });
    expect(await changes.pending(make.client.as(body.accessToken))).toBeUndefined();
  });

  describe('4. unexpired e-mail change', () => {
    it('of the account that the victim recovers: its link moves nothing', async () => {
      const account = await hijacked();
      const attackers = someEmail('attacker');
      await changes.ask(account.client, attackers);
      const link = await changes.tokenIn(attackers, 'ghe');
      await recover(account, VICTIMS);
      expectProblem(await changes.confirm(link), 400, 'token_invalid');
      expect(await make.client.login(account.email, VICTIMS)).toMatchObject({ status: 200 });
    });

    it('H20 of an account of the attacker to the victim: her own account stays her own', async () => {
      const attacker = await make.signedIn();
      const email = someEmail('victim');
      await changes.ask(attacker.client, email);
      const trap = await changes.tokenIn(email, 'ghe');
      await make.client.register(email, VICTIMS);
      await make.client.verify(await changes.tokenIn(email, 'ghv'));
      expectProblem(await changes.confirm(trap), 409, 'email_taken');
      expect(await changes.addressOf(attacker)).toBe(attacker.email);
      expect(await make.client.login(email, VICTIMS)).toMatchObject({ status: 200 });
    });
  });

  it('5. non-verifying provider: who only claims an address gets no account that has it', async () => {
    const victim = await make.user();
    const claim = (email: string) =>
      test.database.transaction((manager) =>
        users().create(manager, { email, passwordHash: null, emailVerified: false }),
      );
    expect(await claim(victim.email)).toBeUndefined();

    const email = someEmail('victim');
    const claimed = await claim(email);
    await recover({ id: claimed!.id, email }, VICTIMS);
    const { body } = await make.client.login(email, VICTIMS);
    expect(body.user).toMatchObject({ id: claimed!.id, emailVerified: true });
  });
});

describe('An account whose address is not proved', () => {
  let test: TestApp;

  beforeAll(async () => {
    test = await startTestApp();
  });
  afterAll(() => test.close());

  it('H22 holds nothing but its registration: not even a session, with the right password', async () => {
    const make = new Make(test);
    const email = someEmail();
    await make.client.register(email, GOOD_PASSWORD);
    await test.outbox.tokenFor(email);
    const answer = await make.client.login(email, GOOD_PASSWORD);
    expectProblem(answer, 403, 'email_not_verified');
    expect(answer.headers['set-cookie']).toBeUndefined();
    const children = await test.database.query<{ table: string; key: string }[]>(
      `SELECT c.conrelid::regclass::text AS table, a.attname AS key
         FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
        WHERE c.contype = 'f' AND c.confrelid = 'users'::regclass`,
    );
    for (const { table, key } of children) {
      const rows = await test.database.query<object[]>(
        `SELECT 1 FROM ${table} t JOIN users u ON u.id = t.${key} WHERE u.email = $1`,
        [email],
      );
      expect([table, rows.length]).toEqual([table, table === 'one_time_tokens' ? 1 : 0]);
    }
  });
});

describe('Registering with one connection to the database', () => {
  let test: TestApp;

  beforeAll(async () => {
    test = await startTestApp({ environment: { DATABASE_POOL: '1' } });
  });
  afterAll(() => test.close());

  it('a taken address waits for no second one', async () => {
    const make = new Make(test);
    const { email } = await make.user();
    expect(await make.client.register(email, VICTIMS)).toMatchObject({ status: 202 });
    expect((await test.outbox.waitFor(email))[0]?.subject).toMatch(/already/);
  });
});
