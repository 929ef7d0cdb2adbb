import { v7 as uuidv7 } from 'uuid';
import type { EffectDto } from '../../src/admin/authorization/what-if.dto.js';
import { ANONYMOUS_GROUP, groupPermissions } from '../../src/permissions/holding/group.entity.js';
import { objectPermissionPermissions } from '../../src/permissions/holding/object-permission.entity.js';
import { userPermissions } from '../../src/users/users.permissions.js';
import type { Client } from '../support/client.js';
import { Make } from '../support/make.js';
import { complaintsOf, expectProblem } from '../support/problems.js';
import { type Rights, rightsOf } from '../support/rights.js';
import { changingNoRow, rowsOf } from '../support/rows.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const { view, change, delete: remove } = userPermissions;
const WHAT_IF = '/v1/authorization/what-if';

describe('What a change of rights would do', () => {
  let test: TestApp;
  let make: Make;
  let rights: Rights;

  beforeAll(async () => {
    test = await startTestApp();
    make = new Make(test);
    rights = rightsOf(test);
    await make.user({ isSuperuser: true }); // somebody must be one
  });
  afterAll(() => test.close());

  const user = (id: string) => ({ type: 'user', id });
  const inspector = async () => {
    const made = await make.signedIn();
    for (const permission of [objectPermissionPermissions.view, view, groupPermissions.view]) {
      await rights.give(user(made.user.id), permission);
    }
    return made.client;
  };
  /** Asks, and holds the server to its word that nothing changes. */
  const effectOf = async (thought: object, client?: Client) => {
    const asker = client ?? (await inspector());
    const { status, body } = await changingNoRow(test, () =>
      asker.post<EffectDto>(WHAT_IF, thought),
    );
    expect(status).toBe(200);
    return body;
  };
  const ann = async () => (await make.user({ firstName: 'Ann', lastName: 'Lee' })).user;
  const NOTHING = { gained: [], lost: [] };

  it('is counted in permissions and in objects, and said in English', async () => {
    const her = await ann();
    const editors = await rights.group('Editors');
    await rights.join(editors.id, her.id);
    await rights.give(editors, change);
    await rights.give(editors, remove);
    await rights.give(user(her.id), remove);
    for (const id of [uuidv7(), uuidv7()]) await rights.grant(editors, view, id);
    const both = uuidv7();
    await rights.grant(editors, view, both);
    await rights.grant(user(her.id), view, both);
    const thought = { change: 'remove_member', groupId: editors.id, userId: her.id };
    expect(await effectOf(thought)).toEqual({
      subject: { type: 'user', id: her.id, name: 'Ann Lee' },
      permissions: { gained: [], lost: [change] },
      objects: { gained: [], lost: [{ permission: view, count: 2, more: false }] },
      users: null,
      sentence: `Removing Ann Lee from the group ${editors.name} takes 1 permission and 2 permissions on single objects from them.`,
    });
    expect((await effectOf({ ...thought, change: 'add_member' })).sentence).toMatch(
      /changes nothing\.$/,
    );
  });

  it('of giving and granting is what is gained', async () => {
    const her = await ann();
    const given = { subject: user(her.id), permission: change };
    const gained = await effectOf({ change: 'give_permission', ...given });
    expect(gained.permissions).toEqual({ gained: [change], lost: [] });
    const object = { type: 'users.user', id: uuidv7() };
    const granted = await effectOf({ change: 'grant_object_permission', ...given, object });
    expect(granted.objects).toEqual({
      gained: [{ permission: change, count: 1, more: false }],
      lost: [],
    });
    await rights.grant(user(her.id), change, object.id);
    const revoked = await effectOf({ change: 'revoke_object_permission', ...given, object });
    expect(revoked.objects).toEqual({
      gained: [],
      lost: [{ permission: change, count: 1, more: false }],
    });
    await rights.give(user(her.id), change);
    const covered = await effectOf({ change: 'revoke_object_permission', ...given, object });
    expect([covered.objects, covered.permissions]).toEqual([NOTHING, NOTHING]);
  });

  it('to a group is what its members gain or lose through it, and how many they are', async () => {
    const [editors, staff, temps] = [
      await rights.group('Editors'),
      await rights.group('Staff'),
      await rights.group('Temps'),
    ];
    await rights.give(editors, change);
    await rights.include(editors.id, staff.id);
    await rights.include(staff.id, temps.id);
    for (const group of [staff, temps]) await rights.join(group.id, (await ann()).id);
    const excluded = { change: 'exclude_group', groupId: editors.id, includedId: staff.id };
    expect(await effectOf(excluded)).toMatchObject({
      subject: { type: 'group', id: staff.id },
      permissions: { gained: [], lost: [change] },
      users: { count: 2, more: false },
      sentence: `Taking the group ${staff.name} out of the group ${editors.name} takes 1 permission from its members (2 users).`,
    });
    const deleted = await effectOf({ change: 'delete_group', groupId: editors.id });
    expect(deleted).toMatchObject({ permissions: { lost: [change] }, users: { count: 2 } });
    const taken = {
      change: 'take_permission',
      subject: { type: 'group', id: editors.id },
      permission: change,
    };
    expect((await effectOf(taken)).permissions.lost).toEqual([change]);
  });

  it('to an account is everything, or nothing', async () => {
    const her = await ann();
    await rights.give(user(her.id), change);
    await rights.grant(user(her.id), view, her.id);
    const off = await effectOf({ change: 'deactivate_user', userId: her.id });
    expect(off.permissions.lost).toEqual([change]);
    expect(off.objects.lost).toEqual([{ permission: view, count: 1, more: false }]);
    const up = await effectOf({ change: 'make_superuser', userId: her.id });
    expect(up.permissions.gained.length).toBeGreaterThan(10);
    expect(up.permissions.gained).not.toContain(change);
    expect(up.permissions.lost).toEqual([]);
  });

  it('is refused as the change itself would be', async () => {
    const [outer, inner] = [await rights.group(), await rights.group()];
    await rights.include(outer.id, inner.id);
    const client = await inspector();
    const ask = (thought: object) => changingNoRow(test, () => client.post(WHAT_IF, thought));
    const circle = { change: 'include_group', groupId: inner.id, includedId: outer.id };
    expectProblem(await ask(circle), 409, 'groups_in_circle');
    const { user: her } = await make.user();
    const anonymous = { change: 'add_member', groupId: ANONYMOUS_GROUP, userId: her.id };
    expectProblem(await ask(anonymous), 409, 'anonymous_group');
    const nobody = { change: 'make_superuser', userId: uuidv7() };
    expectProblem(await ask(nobody), 404, 'not_found');
    const roots = await test.database.query<{ id: string }[]>(
      'SELECT id FROM users WHERE is_superuser AND is_active',
    );
    for (const { id } of roots.slice(1)) {
      await test.database.query('UPDATE users SET is_superuser = false WHERE id = $1', [id]);
    }
    const last = { change: 'unmake_superuser', userId: roots[0]!.id };
    expectProblem(await ask(last), 409, 'last_superuser');
  });

  it('is announced to nobody, noted nowhere, and leaves what is remembered alone', async () => {
    const { user: her, client } = await make.signedIn();
    await rights.give(user(her.id), change);
    const asker = await inspector();
    const check = async () =>
      (
        await client.post<{ decisions: unknown }>('/v1/authorization/check', [
          { permission: change },
        ])
      ).body;
    const before = await check();
    const events = () =>
      test.database.query<unknown[]>('SELECT id FROM audit_events WHERE subject_id = $1', [her.id]);
    const noted = await events();
    await effectOf({ change: 'take_permission', subject: user(her.id), permission: change }, asker);
    await effectOf({ change: 'deactivate_user', userId: her.id }, asker);
    expect(await check()).toEqual(before);
    expect(await events()).toEqual(noted);
  });

  it('waits for nobody, and nobody waits for it', async () => {
    const her = await ann();
    const client = await inspector();
    const group = await rights.group();
    await rights.join(group.id, her.id);
    const thought = { change: 'remove_member', groupId: group.id, userId: her.id };
    await test.database.transaction(async (manager) => {
      await manager.query('SELECT 1 FROM group_members WHERE group_id = $1 FOR UPDATE', [group.id]);
      expectProblem(await client.post(WHAT_IF, thought), 503, 'service_unavailable');
    });
    const before = await rowsOf(test);
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => client.post(WHAT_IF, thought)),
    );
    expect(
      answers.map(({ status }) => status).filter((status) => status !== 200 && status !== 503),
    ).toEqual([]);
    expect(answers.some(({ status }) => status === 200)).toBe(true);
    expect(await rowsOf(test)).toEqual(before);
  });

  it('is for those who may view what others hold, and everybody concerned', async () => {
    const her = await ann();
    const group = await rights.group();
    const thought = { change: 'add_member', groupId: group.id, userId: her.id };
    const { client, user: clerk } = await make.signedIn();
    expectProblem(await client.post(WHAT_IF, thought), 403, 'permission_denied');
    await rights.give(user(clerk.id), objectPermissionPermissions.view);
    expectProblem(await client.post(WHAT_IF, thought), 403, 'permission_denied');
    await rights.grant(user(clerk.id), view, her.id);
    expectProblem(await client.post(WHAT_IF, thought), 403, 'permission_denied');
    await rights.grant(user(clerk.id), groupPermissions.view, group.id);
    expect((await client.post(WHAT_IF, thought)).status).toBe(200);
  });

  it.each<[string, object, string[]]>([
    ['unheard of', { change: 'hire' }, ['change invalid_choice']],
    ['half told', { change: 'add_member', groupId: uuidv7() }, ['userId required']],
    [
      'told with more than belongs to it',
      { change: 'delete_group', groupId: uuidv7(), userId: uuidv7() },
      ['userId not_for_this_change'],
    ],
    [
      'on another kind of object',
      {
        change: 'grant_object_permission',
        subject: { type: 'user', id: uuidv7() },
        permission: view,
        object: { type: 'permissions.group', id: uuidv7() },
      },
      ['object.type wrong_kind'],
    ],
    [
      'of an unknown permission',
      { change: 'give_permission', subject: { type: 'user', id: uuidv7() }, permission: 'a.b_c' },
      ['permission unknown_permission'],
    ],
  ])('is not told of a change that is %s', async (_, thought, complaints) => {
    const answer = await (await inspector()).post(WHAT_IF, thought);
    expectProblem(answer, 400, 'validation_failed');
    expect(complaintsOf(answer)).toEqual(complaints);
  });
});
