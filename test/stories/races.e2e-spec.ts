import { PasswordService } from '../../src/passwords/password.service.js';
import { SessionsService } from '../../src/sessions/sessions.service.js';
import { UserCredentialsService } from '../../src/users/user-credentials.service.js';
import { User } from '../../src/users/user.entity.js';
import { Make } from '../support/make.js';
import { olderHash } from '../support/older-hash.js';
import { expectProblem } from '../support/problems.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const NEW_PASSWORD = 'a heron sleeps on the roof';

/** What happens between the proof of a password and the session that it opens. */
describe('Signing in while the account changes', () => {
  let test: TestApp;
  let make: Make;

  beforeAll(async () => {
    test = await startTestApp({ environment: { HASH_QUEUE: '64' } });
    make = new Make(test);
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });
  afterAll(() => test.close());

  const sessionsOf = async (id: string): Promise<number> => {
    const rows = await test.database.query<object[]>('SELECT 1 FROM sessions WHERE user_id = $1', [
      id,
    ]);
    return rows.length;
  };

  /** Does it after the password was found right and before the session is opened. */
  const betweenProofAndSession = (action: () => Promise<unknown>): void => {
    const passwords = test.app.get(PasswordService, { strict: false });
    const check = passwords.check.bind(passwords);
    jest.spyOn(passwords, 'check').mockImplementationOnce(async (...given) => {
      const outcome = await check(...given);
      expect(outcome.ok).toBe(true);
      await action();
      return outcome;
    });
  };

  /** What a change of password does: the new hash and the end of every session, in one transaction. */
  const changePassword = async (id: string): Promise<void> => {
    const hash = await test.app.get(PasswordService, { strict: false }).hash(NEW_PASSWORD);
    test.clock.forward(0.01);
    await test.database.transaction(async (manager) => {
      await test.app.get(UserCredentialsService, { strict: false }).setPassword(manager, id, hash);
      await test.app
        .get(SessionsService, { strict: false })
        .endFor('password_reset', { userId: id }, manager);
    });
  };

  it.each<[string, (id: string) => Promise<unknown>]>([
    ['is deactivated', (id) => test.database.getRepository(User).update(id, { isActive: false })],
    ['is deleted', (id) => test.database.getRepository(User).delete(id)],
    ['gets another password', changePassword],
  ])('opens no session when the user %s after the proof', async (_, change) => {
    const { user, email, password } = await make.user();
    betweenProofAndSession(() => change(user.id));
    expectProblem(await make.client.login(email, password), 401, 'invalid_credentials');
    expect(await sessionsOf(user.id)).toBe(0);
  });

  it('is not hindered by a sign-in on another device', async () => {
    const { email, password } = await make.user();
    betweenProofAndSession(() => make.client.login(email, password));
    expect(await make.client.login(email, password)).toMatchObject({ status: 200 });
  });

  it('leaves no session of the old password behind, however the two meet', async () => {
    const { user, email, password } = await make.user();
    const signIns = Array.from({ length: 12 }, () => make.client.login(email, password));
    await Promise.all([...signIns, changePassword(user.id)]);
    expectProblem(await make.client.login(email, password), 401, 'invalid_credentials');
    expect(await sessionsOf(user.id)).toBe(0);
    expect(await make.client.login(email, NEW_PASSWORD)).toMatchObject({ status: 200 });
  });

  it('never turns back a new password by upgrading the hash of the old one', async () => {
    const { user, email, password } = await make.user({ passwordHash: olderHash() });
    betweenProofAndSession(() => changePassword(user.id));
    await make.client.login(email, password);
    expect(await make.client.login(email, password)).toMatchObject({ status: 401 });
    expect(await make.client.login(email, NEW_PASSWORD)).toMatchObject({ status: 200 });
  });

  it('upgrades an older hash once, and it goes on to work', async () => {
    const { user, email, password } = await make.user({ passwordHash: olderHash() });
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => make.client.login(email, password)),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    const [row] = await test.database.query<{ password_hash: string }[]>(
      'SELECT password_hash FROM users WHERE id = $1',
      [user.id],
    );
    expect(row?.password_hash).toMatch(/^bcrypt_sha256\$/);
    expect(await make.client.login(email, password)).toMatchObject({ status: 200 });
  });

  it('a session that is ended in the middle of a request is ended for the next one', async () => {
    const { client, user } = await make.signedIn();
    const requests = Array.from({ length: 30 }, () => client.me());
    await test.database.transaction((manager) =>
      test.app
        .get(SessionsService, { strict: false })
        .endFor('password_reset', { userId: user.id }, manager),
    );
    for (const { status } of await Promise.all(requests)) expect([200, 401]).toContain(status);
    expectProblem(await client.me(), 401, 'invalid_token');
  });
});
