import type { PermissionName } from '../../src/access/permission-name.js';
import { NewsService } from '../../src/database/news/news.service.js';
import { groupPermissions } from '../../src/permissions/holding/group.entity.js';
import { userPermissions } from '../../src/users/users.permissions.js';
import { LogBook } from '../support/audit.js';
import type { Client } from '../support/client.js';
import { userHolder } from '../support/grants.js';
import { complaintsOf, expectProblem } from '../support/problems.js';
import { rightsOf } from '../support/rights.js';
import { changingNoRow } from '../support/rows.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { type Clerk, Office, put, remove } from '../support/users-office.js';

describe('Whoever runs accounts', () => {
  let test: TestApp;
  let office: Office;
  let clerk: Clerk;

  beforeAll(async () => {
    test = await startTestApp();
    office = new Office(test);
    clerk = await office.clerk();
  });
  afterAll(() => test.close());

  const change = (client: Client, id: string, body: unknown) =>
    client.patch(`/v1/users/${id}`, body);
  const refused = (work: () => Promise<Awaited<ReturnType<Client['get']>>>) =>
    changingNoRow(test, async () => {
      expectProblem(await work(), 403, 'beyond_own_rights');
    });

  it('changes a profile, which the log book tells, and its owner sees at once', async () => {
    const ann = await office.make.signedIn();
    await ann.client.me();
    const wanted = { firstName: 'Anna', phoneNumber: '+4930123456', locale: 'de-AT' };
    const { status, body } = await change(clerk.client, ann.user.id, wanted);
    expect({ status, body }).toMatchObject({ status: 200, body: wanted });
    expect((await ann.client.me()).body).toMatchObject(wanted);
    const book = await LogBook.of(test);
    expect((await book.about(ann.user.id)).at(-1)).toMatchObject({
      action: 'user_changed',
      actorId: clerk.user.id,
      details: { before: { firstName: '', phoneNumber: null }, after: wanted },
    });
  });

  it('leaves no trace where nothing is different', async () => {
    const { user } = await office.make.user({ firstName: 'Ann' });
    await changingNoRow(test, async () => {
      for (const body of [{}, { firstName: 'Ann', isActive: true, isSuperuser: false }]) {
        expect((await change(clerk.client, user.id, body)).status).toBe(200);
      }
    });
    const book = await LogBook.of(test);
    expect(await book.words(user.id)).toEqual([]);
  });

  it.each([
    'is_superuser',
    'password',
    'passwordHash',
    'email',
    'emailVerified',
    'emailVerifiedAt',
    'role',
    'roles',
    'groups',
    'permissions',
    'id',
    'createdAt',
    'lastLoginAt',
    'leftAt',
    'deletionDueAt',
    'invitedAt',
    'credentialsChangedAt',
    'mfaEnabled',
    'tokenVersion',
    'userId',
    'user.isSuperuser',
    'isSuperuser[]',
    'profile',
    'groups.0.id',
    '__proto__',
    'constructor',
  ])('has no field %s to set (K01, K02, K17)', async (field) => {
    const { user } = await office.make.user();
    const root = await office.superuser();
    await changingNoRow(test, async () => {
      const payload = `{${JSON.stringify(field)}:true}`;
      const headers = { 'content-type': 'application/json' };
      const url = `/v1/users/${user.id}`;
      const answer = await root.client.send({ method: 'PATCH', url, headers, payload });
      expectProblem(answer, 400, field === '__proto__' ? 'malformed_json' : 'validation_failed');
    });
  });

  it.each([{ isActive: null }, { isStaff: 'true' }, { isSuperuser: 1 }, { isActive: [true] }])(
    'says yes or no, not %j',
    async (body) => {
      const { user } = await office.make.user();
      const [field] = Object.keys(body);
      const answer = await change(clerk.client, user.id, body);
      expect(complaintsOf(answer)).toEqual([`${String(field)} invalid_type`]);
    },
  );

  it('never decides about her own rights, superuser or not (K04)', async () => {
    const [staff, root] = [
      await office.clerk([...Object.values(userPermissions)], { isStaff: true }),
      await office.superuser(),
    ];
    for (const own of [staff, root]) {
      for (const body of [
        { isActive: false },
        { isStaff: !own.user.isStaff },
        { isSuperuser: !own.user.isSuperuser },
      ]) {
        await refused(() => change(own.client, own.user.id, body));
      }
      const url = `/v1/users/${own.user.id}/permissions/${userPermissions.view}`;
      await refused(() => put(own.client, url));
      await refused(() => remove(own.client, url));
    }
    expect((await change(staff.client, staff.user.id, { firstName: 'Me' })).status).toBe(200);
  });

  it('makes nobody what she is not: superuser, staff', async () => {
    const { user } = await office.make.user();
    await refused(() => change(clerk.client, user.id, { isSuperuser: true }));
    await refused(() => change(clerk.client, user.id, { isStaff: true }));
    const staff = await office.clerk(undefined, { isStaff: true });
    expect((await change(staff.client, user.id, { isStaff: true })).status).toBe(200);
    await refused(() => change(staff.client, user.id, { isSuperuser: true }));
    const root = await office.superuser();
    expect((await change(root.client, user.id, { isSuperuser: true })).body).toMatchObject({
      isSuperuser: true,
      isStaff: true,
    });
  });

  it.each<[string, { isSuperuser?: true; isStaff?: true }, PermissionName[]]>([
    ['a superuser', { isSuperuser: true }, []],
    ['staff', { isStaff: true }, []],
    ['one who holds what she does not', {}, [groupPermissions.delete]],
  ])('does nothing to %s, who stands above her (K05)', async (_, given, permissions) => {
    const above = await office.clerk(permissions, given);
    const url = `/v1/users/${above.user.id}`;
    const { body } = await clerk.client.get<{ items: { id: string }[] }>(`${url}/sessions`);
    const acts: (() => Promise<Awaited<ReturnType<Client['get']>>>)[] = [
      () => change(clerk.client, above.user.id, { firstName: 'Fool' }),
      () => change(clerk.client, above.user.id, { isActive: false }),
      () => clerk.client.post(`${url}/password-reset`),
      () => remove(clerk.client, `${url}/sessions`),
      () => remove(clerk.client, `${url}/sessions/${body.items[0]?.id ?? ''}`),
      () => put(clerk.client, `${url}/permissions/${userPermissions.view}`),
      () => remove(clerk.client, `${url}/permissions/${groupPermissions.delete}`),
    ];
    for (const act of acts) await refused(act);
    expect((await above.client.me()).status).toBe(200);
    expect(test.outbox.to(above.email)).toEqual([]);
  });

  it('may be told to prove herself again before she makes staff or superusers (K20), if she may', async () => {
    const { user } = await office.make.user();
    const root = await office.superuser();
    await office.ages(root);
    for (const body of [{ isSuperuser: true }, { isStaff: true }]) {
      await changingNoRow(test, async () => {
        expectProblem(await change(root.client, user.id, body), 403, 'reauthentication_required');
      });
    }
    expect((await change(root.client, user.id, { firstName: 'Ann' })).status).toBe(200);
    const weaker = await office.clerk();
    await office.ages(weaker);
    await refused(() => change(weaker.client, user.id, { isSuperuser: true }));
    const url = `/v1/users/${user.id}/permissions/${userPermissions.view}`;
    expectProblem(await put(root.client, url), 403, 'reauthentication_required');
  });

  it('K20 takes a fresh proof before a group gives somebody more', async () => {
    const { user } = await office.make.user();
    const root = await office.superuser();
    const rights = rightsOf(test);
    const [{ id }, { id: inner }] = [await rights.group(), await rights.group()];
    await office.ages(root);
    for (const more of [
      `members/${user.id}`,
      `groups/${inner}`,
      `permissions/${userPermissions.view}`,
    ]) {
      const answer = await changingNoRow(test, () => put(root.client, `/v1/groups/${id}/${more}`));
      expectProblem(answer, 403, 'reauthentication_required');
    }
  });

  it('does with one user what was granted on that one, and no more (J01)', async () => {
    const [bob, carl] = [await office.make.user(), await office.make.user()];
    const ann = await office.make.signedIn();
    await office.grants.grant(
      userHolder(ann.user),
      bob.user.id,
      userPermissions.view,
      userPermissions.change,
    );
    expect((await change(ann.client, bob.user.id, { firstName: 'Bob' })).status).toBe(200);
    await changingNoRow(test, async () => {
      const answer = await change(ann.client, carl.user.id, { firstName: 'Carl' });
      expectProblem(answer, 404, 'not_found');
    });
  });

  it('does not wait for itself where a node has one connection and remembers nothing', async () => {
    const lean = await startTestApp({ environment: { DATABASE_POOL: '1' } });
    const forgetful = jest
      .spyOn(lean.app.get(NewsService, { strict: false }), 'isLive', 'get')
      .mockReturnValue(false);
    const other = new Office(lean);
    const her = await other.clerk();
    const { user } = await other.make.user();
    expect((await change(her.client, user.id, { firstName: 'Ann' })).status).toBe(200);
    const url = `/v1/users/${user.id}/permissions/${userPermissions.view}`;
    expect((await put(her.client, url)).status).toBe(204);
    expect((await her.client.post(`/v1/users/${user.id}/password-reset`)).status).toBe(202);
    forgetful.mockRestore();
    await lean.close();
  });
});
