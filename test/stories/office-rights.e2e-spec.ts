import type { RightsDto } from '../../src/admin/users/user-permissions.dto.js';
import { groupPermissions } from '../../src/permissions/holding/group.entity.js';
import { RightsService } from '../../src/permissions/holding/rights.service.js';
import { userPermissions } from '../../src/users/users.permissions.js';
import { LogBook } from '../support/audit.js';
import { Browser } from '../support/browser.js';
import { userHolder } from '../support/grants.js';
import { behindItsBack } from '../support/heard.js';
import { complaintsOf, expectProblem } from '../support/problems.js';
import { changingNoRow } from '../support/rows.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { type Clerk, Office, put, remove, RUNS_USERS } from '../support/users-office.js';

const { view, change } = userPermissions;
const END = '2036-12-31T23:59:59.000Z';

describe('What a user holds', () => {
  let test: TestApp;
  let office: Office;
  let clerk: Clerk;

  beforeAll(async () => {
    test = await startTestApp();
    office = new Office(test);
    clerk = await office.clerk();
  });
  afterAll(() => test.close());

  const permissionOf = (id: string, name: string) => `/v1/users/${id}/permissions/${name}`;
  const rightsOf = async ({ client }: Pick<Clerk, 'client'>, id = 'me') =>
    (await client.get<RightsDto>(`/v1/users/${id}/permissions`)).body;

  it('can be given, for a time, and taken; she has it at the next request, and not at the one after', async () => {
    const ann = await office.make.signedIn();
    const url = permissionOf(ann.user.id, view);
    const attempt = async () => (await ann.client.get(`/v1/users/${clerk.user.id}`)).status;
    expect(await attempt()).toBe(404);
    expect((await put(clerk.client, url)).status).toBe(204);
    expect(await attempt()).toBe(200);
    expect((await put(clerk.client, url, { expiresAt: END })).status).toBe(204);
    expect((await rightsOf(clerk, ann.user.id)).direct).toEqual([
      { permission: view, expiresAt: END },
    ]);
    expect((await remove(clerk.client, url)).status).toBe(204);
    expect(await attempt()).toBe(404);
    expectProblem(await remove(clerk.client, url), 404, 'not_found');
    const book = await LogBook.of(test);
    const told = (await book.about(ann.user.id)).filter(({ actorId }) => actorId === clerk.user.id);
    expect(told.map(({ action, details }) => ({ action, details }))).toEqual([
      { action: 'permission_given', details: { permission: view, after: { expiresAt: null } } },
      {
        action: 'permission_given',
        details: { permission: view, before: { expiresAt: null }, after: { expiresAt: END } },
      },
      { action: 'permission_taken', details: { permission: view, before: { expiresAt: END } } },
    ]);
  });

  it('is no more than whoever gives it holds', async () => {
    const { user } = await office.make.user();
    await changingNoRow(test, async () => {
      const answer = await put(clerk.client, permissionOf(user.id, groupPermissions.delete));
      expectProblem(answer, 403, 'beyond_own_rights');
    });
  });

  it.each(['*', 'users.*', 'users.veiw_user', "users.view_user' OR 1=1", 'x'.repeat(90), '%00'])(
    'is something that there is, not %j (K08)',
    async (name) => {
      const { user } = await office.make.user();
      const url = permissionOf(user.id, name.startsWith('%') ? name : encodeURIComponent(name));
      await changingNoRow(test, async () => {
        expectProblem(await put(clerk.client, url), 400, 'unknown_permission');
        expectProblem(await remove(clerk.client, url), 400, 'unknown_permission');
      });
    },
  );

  it('is not named at length (K08)', async () => {
    const { user } = await office.make.user();
    const answer = await put(clerk.client, permissionOf(user.id, 'x'.repeat(1024)));
    expect([400, 414]).toContain(answer.status);
  });

  it.each([
    [{ expiresAt: '2020-01-01T00:00:00Z' }, 'expiresAt not_in_future'],
    [{ expiresAt: 'tomorrow' }, 'expiresAt invalid_moment'],
    [{ expiresAt: 7 }, 'expiresAt invalid_type'],
    [{ until: END }, 'until unknown_field'],
  ])('ends at a time to come, not %j', async (body, complaint) => {
    const { user } = await office.make.user();
    await changingNoRow(test, async () => {
      const answer = await put(clerk.client, permissionOf(user.id, view), body);
      expect(complaintsOf(answer)).toEqual([complaint]);
    });
  });

  it('is told with where it comes from, and until when', async () => {
    const ann = await office.make.signedIn();
    const [staff, editors] = [await office.grants.someGroup(), await office.grants.someGroup()];
    const rights = test.app.get(RightsService, { strict: false });
    await test.database.transaction(async (manager) => {
      await rights.give(manager, userHolder(ann.user), view, new Date('2030-01-01T00:00:00Z'));
      await rights.give(manager, editors, view);
      await rights.give(manager, editors, change, new Date('2031-01-01T00:00:00Z'));
      await rights.include(manager, editors.id, staff.id);
      await rights.addMember(manager, staff.id, ann.user.id, new Date('2029-01-01T00:00:00Z'));
    });
    const through = [staff, editors].map(({ id }) => ({ id, name: id }));
    const group = { type: 'group', through, expiresAt: '2029-01-01T00:00:00.000Z' };
    const direct = { type: 'direct', through: [], expiresAt: '2030-01-01T00:00:00.000Z' };
    const expected: RightsDto = {
      isSuperuser: false,
      direct: [{ permission: view, expiresAt: direct.expiresAt }],
      effective: [
        { permission: change, expiresAt: group.expiresAt, sources: [group as never] },
        { permission: view, expiresAt: direct.expiresAt, sources: [group, direct] as never },
      ],
    };
    for (const told of [await rightsOf(ann), await rightsOf(clerk, ann.user.id)]) {
      for (const { sources } of told.effective) {
        (sources as unknown[]).sort((a, b) => (JSON.stringify(b) > JSON.stringify(a) ? 1 : -1));
      }
      expect(told).toEqual(expected);
    }
    const { body } = await clerk.client.get(`/v1/users/${ann.user.id}/groups`);
    expect(body).toMatchObject({
      items: [{ id: staff.id, name: staff.id, expiresAt: '2029-01-01T00:00:00.000Z' }],
      nextCursor: null,
    });
  });

  it('is everything for a superuser, and nothing for who is not active', async () => {
    const root = await office.superuser();
    const told = await rightsOf(root);
    expect(told).toMatchObject({ isSuperuser: true, direct: [] });
    expect(told.effective.map(({ permission }) => permission)).toEqual(
      expect.arrayContaining([...RUNS_USERS, ...Object.values(groupPermissions)]),
    );
    const { user } = await office.make.user({ isActive: false, isSuperuser: true });
    await office.grants.give(userHolder(user), view);
    expect(await rightsOf(clerk, user.id)).toEqual({
      isSuperuser: false,
      direct: [{ permission: view, expiresAt: null }],
      effective: [],
    });
  });

  it('is nobody else’s to see', async () => {
    const ann = await office.make.signedIn();
    for (const part of ['permissions', 'groups', 'sessions']) {
      const answer = await ann.client.get(`/v1/users/${clerk.user.id}/${part}`);
      expectProblem(answer, 404, 'not_found');
    }
  });

  it.each<[string, (her: Clerk) => Promise<unknown>]>([
    ['the permission', (her) => office.grants.take(userHolder(her.user), ...RUNS_USERS)],
    [
      'the superuser flag',
      (her) =>
        behindItsBack(test, 'UPDATE users SET is_superuser = false WHERE id = $1', [her.user.id]),
    ],
  ])(
    'is gone at the next request by token or cookie once %s is taken (K16)',
    async (what, take) => {
      await office.superuser(); // somebody must be one
      const isSuperuser = what === 'the superuser flag';
      const her = await office.clerk(isSuperuser ? [] : RUNS_USERS, { isSuperuser });
      const browser = new Browser(test);
      await browser.signIn(her);
      const byCookie = () => browser.post('/v1/users', {});
      const byToken = () => her.client.post('/v1/users', {});
      for (const ask of [byCookie, byToken]) {
        expectProblem(await ask(), 400, 'validation_failed');
      }
      await take(her);
      for (const ask of [byCookie, byToken]) {
        expectProblem(await ask(), 403, 'permission_denied');
      }
    },
  );
});
