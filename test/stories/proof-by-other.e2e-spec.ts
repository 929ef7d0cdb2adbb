import { PasswordService } from '../../src/passwords/password.service.js';
import { UsersService } from '../../src/users/users.service.js';
import { Make, type MadeUser } from '../support/make.js';
import { changingNoRow } from '../support/rows.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const OWNERS = 'a heron sleeps on the roof';

/** What a reset, a provider and an invitation have in common: the address is proved, but not by the link. */
describe('An address that is proved in another way than by its registration', () => {
  let test: TestApp;
  let make: Make;

  beforeAll(async () => {
    test = await startTestApp({ environment: { EMAIL_VERIFICATION: 'optional' } });
    make = new Make(test);
  });
  afterAll(() => test.close());

  const prove = (
    { user }: MadeUser,
    { email = user.emailCanonical, hash = null }: { email?: string; hash?: string | null } = {},
  ) =>
    test.database.transaction((manager) =>
      test.app.get(UsersService, { strict: false }).proveByOther(manager, user.id, email, hash),
    );

  const unproved = (given = {}) => make.signedIn({ emailVerifiedAt: null, ...given });

  it('is an account that begins anew, whatever was attached to it', async () => {
    const stranger = await unproved({ firstName: 'Mallory', organization: 'Evil Ltd' });
    await stranger.client.post('/v1/auth/email/verification', { email: stranger.email });
    const link = await test.outbox.tokenFor(stranger.email);
    expect(await stranger.client.me()).toMatchObject({ status: 200 });

    const hash = await test.app.get(PasswordService, { strict: false }).hash(OWNERS);
    expect(await prove(stranger, { hash })).toBe(true);

    expect(await make.client.verify(link)).toMatchObject({ body: { code: 'token_invalid' } });
    expect(await make.client.login(stranger.email, stranger.password)).toMatchObject({
      status: 401,
    });
    const { body } = await make.client.login(stranger.email, OWNERS);
    expect(body.user).toMatchObject({
      id: stranger.user.id,
      emailVerified: true,
      firstName: '',
      organization: null,
    });
  });

  it('leaves no row in any table that belongs to a user', async () => {
    const stranger = await unproved();
    await stranger.client.post('/v1/auth/email/verification', { email: stranger.email });
    await prove(stranger);
    const children = await test.database.query<{ table: string; key: string }[]>(
      `SELECT c.conrelid::regclass::text AS table, a.attname AS key
         FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
        WHERE c.contype = 'f' AND c.confrelid = 'users'::regclass AND c.confdeltype = 'c'`,
    );
    expect(children.map(({ table }) => table)).toEqual(
      expect.arrayContaining(['sessions', 'one_time_tokens']),
    );
    for (const { table, key } of children) {
      const rows = await test.database.query<object[]>(`SELECT 1 FROM ${table} WHERE ${key} = $1`, [
        stranger.user.id,
      ]);
      expect([table, rows]).toEqual([table, []]);
    }
  });

  it('has no password where the proof brings none', async () => {
    const stranger = await unproved();
    await prove(stranger);
    expect(await make.client.login(stranger.email, stranger.password)).toMatchObject({
      status: 401,
    });
  });

  it('stays what an administrator made of it', async () => {
    const { user } = await make.user({ emailVerifiedAt: null, isStaff: true });
    await prove({ user, email: user.email, password: '' });
    const [row] = await test.database.query<object[]>(
      'SELECT is_staff, email, created_at FROM users WHERE id = $1',
      [user.id],
    );
    expect(row).toEqual({ is_staff: true, email: user.email, created_at: user.createdAt });
  });

  it.each([
    ['is proved already', {}],
    ['is deactivated', { emailVerifiedAt: null, isActive: false }],
  ])('changes nothing of an account that %s', async (_, given) => {
    const made = await make.user(given);
    expect(await changingNoRow(test, () => prove(made))).toBe(false);
  });

  it('changes nothing of an account that has another address by now', async () => {
    const made = await make.user({ emailVerifiedAt: null });
    const email = 'another@example.com';
    expect(await changingNoRow(test, () => prove(made, { email }))).toBe(false);
  });

  it('is proved once when fifty prove it at once', async () => {
    const stranger = await unproved();
    const proofs = await Promise.all(Array.from({ length: 50 }, () => prove(stranger)));
    expect(proofs.filter(Boolean)).toHaveLength(1);
  });
});
