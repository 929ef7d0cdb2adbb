import { v7 as uuidv7 } from 'uuid';
import type { GroupDto, GroupPageDto } from '../../src/admin/groups/group.dto.js';
import type { Problem } from '../../src/common/problem.js';
import { ANONYMOUS_GROUP, groupPermissions } from '../../src/permissions/holding/group.entity.js';
import { userPermissions } from '../../src/users/users.permissions.js';
import { LogBook } from '../support/audit.js';
import { Grants, userHolder } from '../support/grants.js';
import { clerk, type Clerk, OVER_GROUPS } from '../support/office.js';
import { complaintsOf, expectProblem } from '../support/problems.js';
import { changingNoRow } from '../support/rows.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

describe('Groups', () => {
  let test: TestApp;
  let grants: Grants;
  let root: Clerk;

  beforeAll(async () => {
    test = await startTestApp();
    grants = new Grants(test);
    root = await clerk(test, [], { isSuperuser: true });
  });
  afterAll(() => test.close());

  const some = (name = 'Editors') => `${name} ${uuidv7()}`;
  const make = (body: unknown, by = root) => by.client.post<GroupDto & Problem>('/v1/groups', body);

  it('are made, read, renamed and deleted', async () => {
    const name = some();
    const made = await make({ name, description: ' They look after the catalog. ' });
    expect(made.status).toBe(201);
    const { id } = made.body;
    expect(made.body).toMatchObject({ name, description: 'They look after the catalog.' });
    const read = await root.office.get(`/v1/groups/${id.toUpperCase()}`);
    expect(read.body).toEqual(made.body);
    const renamed = await root.client.patch<GroupDto>(`/v1/groups/${id}`, { name: `${name}!` });
    expect(renamed.body).toMatchObject({ name: `${name}!`, description: made.body.description });
    expect((await root.office.delete(`/v1/groups/${id}`)).status).toBe(204);
    expectProblem(await root.office.get(`/v1/groups/${id}`), 404, 'not_found');
  });

  it('are told of in the log book, before and after', async () => {
    const log = await LogBook.of(test);
    const name = some();
    const { body } = await make({ name });
    await root.client.patch(`/v1/groups/${body.id}`, { description: 'Of the catalog.' });
    await root.client.patch(`/v1/groups/${body.id}`, { description: 'Of the catalog.' });
    await root.office.delete(`/v1/groups/${body.id}`);
    const events = await log.about(body.id);
    const [before, after] = [
      { name, description: '', requiresTwoFactor: false },
      { name, description: 'Of the catalog.', requiresTwoFactor: false },
    ];
    expect(events.map(({ action, actorId, details }) => ({ action, actorId, details }))).toEqual([
      { action: 'group_created', actorId: root.user.id, details: { after: before } },
      { action: 'group_changed', actorId: root.user.id, details: { before, after } },
      { action: 'group_deleted', actorId: root.user.id, details: { before: after } },
    ]);
  });

  it.each([
    ['in capitals', (name: string) => name.toUpperCase()],
    ['in wide letters', (name: string) => name.replace('E', '\uff25')],
    ['with other spaces', (name: string) => ` ${name.replace(' ', '\u00a0 ')}`],
  ])('have names of their own: another one %s is taken', async (_, twist) => {
    const name = some();
    await make({ name });
    const other = await make({ name: some() });
    await changingNoRow(test, async () => {
      expectProblem(await make({ name: twist(name) }), 409, 'group_name_taken');
      const renamed = await root.client.patch(`/v1/groups/${other.body.id}`, { name: twist(name) });
      expectProblem(renamed, 409, 'group_name_taken');
    });
  });

  it('have names of their own, also when fifty are made at once', async () => {
    const name = some();
    const made = await Promise.all(Array.from({ length: 50 }, () => make({ name })));
    expect(made.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(made.filter(({ body }) => body.code === 'group_name_taken')).toHaveLength(49);
  });

  it.each([
    [{}, ['name required']],
    [{ name: '  ' }, ['name too_short']],
    [{ name: 'x'.repeat(151) }, ['name too_long']],
    [{ name: '\ufdfa'.repeat(100) }, ['name too_long']],
    [{ name: 'a\u202eb' }, ['name invalid_characters']],
    [{ name: 'Editors', isSuperuser: true }, ['isSuperuser unknown_field']],
    [{ name: 'Editors', id: ANONYMOUS_GROUP }, ['id unknown_field']],
    [{ name: 'Editors', permissions: ['users.view_user'] }, ['permissions unknown_field']],
  ])('are refused field by field: %j', async (body, complaints) => {
    await changingNoRow(test, async () => {
      const answer = await make(body);
      expectProblem(answer, 400, 'validation_failed');
      expect(complaintsOf(answer)).toEqual(complaints);
    });
  });

  it('are listed as far as one may view them, and found by name', async () => {
    const [one, two] = [await make({ name: some() }), await make({ name: some() })];
    const ann = await clerk(test);
    const seen = async (by: Clerk, query = '') =>
      (await by.office.get<GroupPageDto>(`/v1/groups?limit=200${query}`)).body.items.map(
        ({ id }) => id,
      );
    expect(await seen(ann)).toEqual([]);
    await grants.grant(userHolder(ann.user), two.body.id, groupPermissions.view);
    expect(await seen(ann)).toEqual([two.body.id]);
    for (const { id, name } of [one.body, two.body]) {
      const query = `&name=${encodeURIComponent(name.toUpperCase())}`;
      expect(await seen(root, query)).toEqual([id]);
    }
    expect(await seen(ann, `&name=${encodeURIComponent(one.body.name)}`)).toEqual([]);
  });

  it('are nobody else’s business: absent to whoever may not view them, and shut to whoever only may', async () => {
    const { id } = (await make({ name: some() })).body;
    const [ann, bob] = [await clerk(test), await clerk(test, [groupPermissions.view])];
    await changingNoRow(test, async () => {
      expectProblem(await make({ name: some() }, ann), 403, 'permission_denied');
      for (const url of [`/v1/groups/${id}`, `/v1/groups/${uuidv7()}`]) {
        expectProblem(await ann.office.get(url), 404, 'not_found');
        expectProblem(await ann.client.patch(url, { name: 'Mine' }), 404, 'not_found');
        expectProblem(await ann.office.delete(url), 404, 'not_found');
      }
      expectProblem(
        await bob.client.patch(`/v1/groups/${id}`, { name: 'Mine' }),
        403,
        'permission_denied',
      );
      expectProblem(await bob.office.delete(`/v1/groups/${id}`), 403, 'permission_denied');
    });
  });

  it('J08 are never found by what only looks like their id', async () => {
    const { id } = (await make({ name: some() })).body;
    const odd = [
      `{${id}}`,
      `urn:uuid:${id}`,
      id.replaceAll('-', ''),
      `${id}%00`,
      '1e1',
      '0',
      '%2e%2e',
      'null',
    ];
    for (const each of [...odd, '00000000-0000-0000-0000-000000000000', `${id},${id}`]) {
      const { status } = await root.office.get(`/v1/groups/${each}`);
      expect([each, status === 404 || status === 400]).toEqual([each, true]);
    }
  });

  it('take with them what they hold: its members can do it no longer at the next request', async () => {
    const { id } = (await make({ name: some() })).body;
    const ann = await clerk(test);
    await root.office.put(`/v1/groups/${id}/permissions/${groupPermissions.add}`);
    await root.office.put(`/v1/groups/${id}/members/${ann.user.id}`);
    expect((await make({ name: some() }, ann)).status).toBe(201);
    await root.office.delete(`/v1/groups/${id}`);
    expectProblem(await make({ name: some() }, ann), 403, 'permission_denied');
  });

  it('that hold more than one does are above one: neither renamed nor deleted', async () => {
    const { id } = (await make({ name: some() })).body;
    const ann = await clerk(test, OVER_GROUPS);
    expect((await ann.client.patch(`/v1/groups/${id}`, { name: some() })).status).toBe(200);
    await grants.give({ type: 'group', id }, userPermissions.delete);
    await changingNoRow(test, async () => {
      expectProblem(
        await ann.client.patch(`/v1/groups/${id}`, { name: some() }),
        403,
        'beyond_own_rights',
      );
      expectProblem(await ann.office.delete(`/v1/groups/${id}`), 403, 'beyond_own_rights');
    });
  });

  it('that are everybody cannot be renamed, deleted, filled or put anywhere', async () => {
    const other = (await make({ name: some() })).body.id;
    const everybody = `/v1/groups/${ANONYMOUS_GROUP}`;
    await changingNoRow(test, async () => {
      for (const answer of [
        await root.client.patch(everybody, { name: 'Nobody' }),
        await root.office.delete(everybody),
        await root.office.put(`${everybody}/members/${root.user.id}`),
        await root.office.put(`${everybody}/groups/${other}`),
        await root.office.put(`/v1/groups/${other}/groups/${ANONYMOUS_GROUP}`),
      ]) {
        expectProblem(answer, 409, 'anonymous_group');
      }
    });
    expect((await root.client.patch(everybody, { description: 'All.' })).status).toBe(200);
  });
});
