import { v7 as uuidv7 } from 'uuid';
import { auditEvents } from '../../src/audit/audit.controller.js';
import { ANONYMOUS_GROUP, groupPermissions } from '../../src/permissions/holding/group.entity.js';
import { objectPermissionPermissions } from '../../src/permissions/holding/object-permission.entity.js';
import { User } from '../../src/users/user.entity.js';
import { userPermissions } from '../../src/users/users.permissions.js';
import type { Client } from '../support/client.js';
import { Make } from '../support/make.js';
import { complaintsOf, expectProblem } from '../support/problems.js';
import { type Rights, rightsOf } from '../support/rights.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const { view, change, delete: remove } = userPermissions;
const SUBJECTS = '/v1/authorization/subjects';
const OBJECTS = '/v1/authorization/objects';

interface List {
  readonly items: readonly { readonly type: string; readonly id: string; readonly name?: string }[];
  readonly nextCursor: string | null;
  readonly everybody?: boolean;
}

describe('Who may do something, and on what', () => {
  let test: TestApp;
  let make: Make;
  let rights: Rights;
  let inspector: Client;

  beforeAll(async () => {
    test = await startTestApp({ environment: { ANONYMOUS_PERMISSIONS: 'on' } });
    make = new Make(test);
    rights = rightsOf(test);
    const { user: clerk, client } = await make.signedIn();
    for (const permission of [objectPermissionPermissions.view, view, groupPermissions.view]) {
      await rights.give(user(clerk.id), permission);
    }
    inspector = client;
  });
  afterAll(() => test.close());

  const user = (id: string) => ({ type: 'user', id });
  const allPages = async (client: Client, url: string, asked: object): Promise<string[]> => {
    const ids: string[] = [];
    let cursor: string | null | undefined;
    do {
      const { status, body } = await client.post<List>(url, {
        ...asked,
        ...(cursor && { cursor }),
      });
      expect(status).toBe(200);
      ids.push(...body.items.map(({ id }) => id));
      cursor = body.nextCursor;
    } while (cursor !== null);
    return ids;
  };

  it('are superusers, holders, and the members of groups in groups, page by page', async () => {
    const permission = remove;
    const root = (await make.user({ isSuperuser: true })).user.id;
    const [direct, member, deep, off] = await Promise.all(
      [true, true, true, false].map(async (isActive) => (await make.user({ isActive })).user.id),
    );
    const [outer, inner] = [await rights.group(), await rights.group()];
    await rights.give(user(direct!), permission);
    await rights.give(user(off!), permission);
    await rights.give(outer, permission);
    await rights.include(outer.id, inner.id);
    await rights.join(outer.id, member!);
    await rights.join(inner.id, deep!);
    await rights.join(outer.id, deep!);
    const object = { type: 'users.user', id: root };
    const granted = (await make.user()).user.id;
    await rights.grant(user(granted), permission, root);
    const on = (asked: object) => allPages(inspector, SUBJECTS, { permission, limit: 2, ...asked });
    const anywhere = await on({});
    expect(anywhere).toEqual(expect.arrayContaining([root, direct, member, deep]));
    expect(anywhere).not.toContain(granted);
    expect(anywhere).not.toContain(off);
    expect(new Set(anywhere).size).toBe(anywhere.length);
    expect([...anywhere].sort()).toEqual(anywhere);
    expect((await on({ object })).sort()).toEqual([...anywhere, granted].sort());
  });

  it('can be everybody', async () => {
    const id = uuidv7();
    await rights.grant({ type: 'group', id: ANONYMOUS_GROUP }, view, id);
    const ask = (object: object) =>
      inspector.post<List>(SUBJECTS, {
        permission: view,
        object: { type: 'users.user', ...object },
      });
    expect((await ask({ id })).body.everybody).toBe(true);
    expect((await ask({ id: uuidv7() })).body.everybody).toBe(false);
  });

  it('is told those only who may view users, and what they hold', async () => {
    const { client, user: ann } = await make.signedIn();
    const ask = () => client.post(SUBJECTS, { permission: view });
    expectProblem(await ask(), 403, 'permission_denied');
    await rights.give(user(ann.id), view);
    expectProblem(await ask(), 403, 'permission_denied');
    await rights.give(user(ann.id), objectPermissionPermissions.view);
    expect((await ask()).status).toBe(200);
  });

  it('are the objects that were granted, page by page', async () => {
    const { client, user: ann } = await make.signedIn();
    const group = await rights.group();
    const ids = Array.from({ length: 7 }, () => uuidv7());
    for (const [i, id] of ids.entries()) {
      await rights.grant(i % 2 === 0 ? user(ann.id) : group, change, id);
    }
    await rights.join(group.id, ann.id);
    const asked = { permission: change, limit: 3 };
    expect(await allPages(client, OBJECTS, asked)).toEqual(ids);
    expect(await allPages(inspector, OBJECTS, { ...asked, subject: user(ann.id) })).toEqual(ids);
    const { type, id } = group;
    const ofGroup = { ...asked, subject: { type, id } };
    expect(await allPages(inspector, OBJECTS, ofGroup)).toEqual(ids.filter((_, i) => i % 2 === 1));
  });

  it('are all that there are, if it is held on the kind, and one may view them', async () => {
    const { client, user: ann } = await make.signedIn();
    await rights.give(user(ann.id), change);
    const asked = { permission: change, limit: 200 };
    expect(await allPages(client, OBJECTS, asked)).toEqual([]);
    await rights.grant(user(ann.id), view, ann.id);
    expect(await allPages(client, OBJECTS, asked)).toEqual([ann.id]);
    expect(await allPages(inspector, OBJECTS, { ...asked, subject: user(ann.id) })).toContain(
      ann.id,
    );
    const { length } = await allPages(inspector, OBJECTS, { ...asked, subject: user(ann.id) });
    expect(length).toBe(
      await test.database.getRepository(User).countBy({ isServiceAccount: false }),
    );
  });

  it('is nobody else’s business', async () => {
    const { client } = await make.signedIn();
    const { user: bob } = await make.user();
    for (const id of [bob.id, uuidv7()]) {
      const answer = await client.post(OBJECTS, { permission: view, subject: user(id) });
      expectProblem(answer, 403, 'permission_denied');
    }
  });

  it.each<[string, object, string]>([
    ['too many at once', { permission: view, limit: 201 }, 'limit out_of_range'],
    ['none at once', { permission: view, limit: 0 }, 'limit out_of_range'],
    ['a number in quotes', { permission: view, limit: '5' }, 'limit invalid_type'],
    [
      'a cursor of something else',
      { permission: view, cursor: 'x'.repeat(22) + '!' },
      'cursor too_long',
    ],
    ['a cursor that is none', { permission: view, cursor: 'x' }, 'cursor invalid_cursor'],
    ['an unknown permission', { permission: 'users.see_user' }, 'permission unknown_permission'],
  ])('refuses %s', async (_, body, complaint) => {
    for (const url of [SUBJECTS, OBJECTS]) {
      const answer = await inspector.post(url, body);
      expectProblem(answer, 400, 'validation_failed');
      expect(complaintsOf(answer)).toEqual([complaint]);
    }
  });

  it('has no objects where the kind has none', async () => {
    const answer = await inspector.post(OBJECTS, { permission: auditEvents.view });
    expect(complaintsOf(answer)).toEqual(['permission no_objects']);
  });
});
