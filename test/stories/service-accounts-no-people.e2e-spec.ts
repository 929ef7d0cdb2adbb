import type { ManagedUserPageDto } from '../../src/admin/users/managed-user.dto.js';
import { RouteTable } from '../../src/auth/route-table.js';
import type { Problem } from '../../src/common/problem.js';
import { Mailer } from '../../src/mail/mailer.js';
import { recipientOf } from '../../src/mail/recipient.js';
import { User } from '../../src/users/user.entity.js';
import { userPermissions } from '../../src/users/users.permissions.js';
import { UsersService } from '../../src/users/users.service.js';
import { userHolder } from '../support/grants.js';
import { GOOD_PASSWORD, someEmail } from '../support/make.js';
import { complaintsOf, expectProblem } from '../support/problems.js';
import { changingNoRow } from '../support/rows.js';
import { makeServiceAccount } from '../support/service-accounts.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { type Clerk, Office } from '../support/users-office.js';

describe('A service account', () => {
  let test: TestApp;
  let office: Office;
  let root: Clerk;
  let robot: string;

  beforeAll(async () => {
    test = await startTestApp();
    office = new Office(test);
    root = await office.superuser();
    robot = (await makeServiceAccount(test)).id;
  });
  afterAll(() => test.close());

  const directory = async (client: Clerk['client'], query = '') => {
    const found: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const url = `/v1/users?limit=200${query}${cursor && `&cursor=${cursor}`}`;
      const page: ManagedUserPageDto = (await client.get<ManagedUserPageDto>(url)).body;
      found.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    }
    return found;
  };

  it('is not in the directory of users, whoever looks, however', async () => {
    const { user } = await office.make.user();
    const ann = await office.clerk([]);
    for (const id of [robot, user.id]) {
      await office.grants.grant(userHolder(ann.user), id, userPermissions.view);
    }
    for (const query of ['', '&isActive=true', '&isStaff=false', '&isSuperuser=false']) {
      const all = await directory(root.client, query);
      expect([all.includes(user.id), all.includes(robot)]).toEqual([true, false]);
      expect(await directory(ann.client, query)).toEqual([user.id]);
    }
  });

  it('is nobody at any address below that of users', async () => {
    const bodies: Readonly<Record<string, object>> = {
      'PATCH /v1/users/:id': { isSuperuser: true },
      'POST /v1/users/:id/two-factor/reset': { reason: 'It lost its phone.' },
    };
    const routes = test.app
      .get(RouteTable, { strict: false })
      .routes()
      .filter(({ path }) => path.startsWith('/v1/users/:id'));
    expect(routes.length).toBeGreaterThan(10);
    await changingNoRow(test, async () => {
      for (const { method, path } of routes) {
        const body = bodies[`${method} ${path}`] ?? {};
        const answer = await root.client.send<Problem>({
          method: method,
          url: path.replace(':id', robot).replace(':permission', userPermissions.view),
          ...(method !== 'GET' && {
            headers: { 'content-type': 'application/json' },
            payload: JSON.stringify(body),
          }),
        });
        expect([method, path, answer.status, answer.body.code]).toEqual([
          method,
          path,
          404,
          'not_found',
        ]);
      }
    });
  });

  it('is found by no address, not by none, and not by its name where that looks like one', async () => {
    const users = test.app.get(UsersService, { strict: false });
    const name = someEmail('robot');
    await makeServiceAccount(test, { name });
    for (const address of ['', ' ', '@', robot, name]) {
      expect(await users.findByEmail(address)).toBeUndefined();
    }
    expect(await directory(root.client, `&email=${name}`)).toEqual([]);
    expectProblem(await office.make.client.login(name, GOOD_PASSWORD), 401, 'invalid_credentials');
    expect((await office.make.client.register(name, GOOD_PASSWORD)).status).toBe(202);
    expect((await test.outbox.waitFor(name)).map(({ to }) => to)).toEqual([name]);
  });

  it.each(['', ' ', null])('has no way in: an address like %j is none', async (email) => {
    const { client } = office.make;
    await changingNoRow(test, async () => {
      for (const [url, more] of [
        ['/v1/auth/login', { password: '' }],
        ['/v1/auth/login', { password: GOOD_PASSWORD }],
        ['/v1/auth/register', { password: GOOD_PASSWORD }],
        ['/v1/auth/password/forgot', {}],
        ['/v1/auth/email/verification', {}],
        ['/v1/auth/reactivation', {}],
      ] as const) {
        const answer = await client.post(url, { email, ...more });
        expectProblem(answer, 400, 'validation_failed');
        expect(complaintsOf(answer).join()).toContain('email');
      }
    });
  });

  it('is mailed nothing: there is nowhere to', async () => {
    const mailer = test.app.get(Mailer, { strict: false });
    const user = await test.database.getRepository(User).findOneByOrFail({ id: robot });
    expect(user.email).toBe('');
    await changingNoRow(test, async () => {
      const mailing = test.database.transaction((manager) =>
        mailer.enqueue(manager, {
          ...recipientOf(user),
          template: 'account-deactivated',
          params: { when: test.clock.now() },
        }),
      );
      await expect(mailing).rejects.toThrow('not one bare e-mail address');
    });
  });

  it.each([
    'is_staff = true',
    'is_superuser = true',
    `password_hash = 'x'`,
    `email = 'robot@example.com', email_canonical = 'robot@example.com'`,
    'is_service_account = false',
    'email_verified_at = now()',
  ])('stays what it is, also for whoever writes in the tables: %s', async (change) => {
    await expect(
      test.database.query(`UPDATE users SET ${change} WHERE id = $1`, [robot]),
    ).rejects.toThrow('users_service_account');
  });

  it('is not made of a person', async () => {
    const { user } = await office.make.user();
    await expect(
      test.database.query('UPDATE users SET is_service_account = true WHERE id = $1', [user.id]),
    ).rejects.toThrow('users_service_account');
  });

  it('is not what a person, whoever she is, can say that she is', async () => {
    const ann = await office.make.signedIn();
    const { user } = await office.make.user();
    const field = { isServiceAccount: true };
    const refused = ['isServiceAccount unknown_field'];
    await changingNoRow(test, async () => {
      expect(complaintsOf(await ann.client.patch('/v1/users/me', field))).toEqual(refused);
      expect(complaintsOf(await root.client.patch(`/v1/users/${user.id}`, field))).toEqual(refused);
      const invited = await root.client.post('/v1/users', { email: someEmail(), ...field });
      expect(complaintsOf(invited)).toEqual(refused);
    });
  });
});
