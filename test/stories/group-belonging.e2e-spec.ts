import { v7 as uuidv7 } from 'uuid';
import type { IncludedGroupPageDto, MemberPageDto } from '../../src/admin/groups/belonging.dto.js';
import { auditEvents } from '../../src/audit/audit.controller.js';
import { groupPermissions } from '../../src/permissions/holding/group.entity.js';
import { userPermissions } from '../../src/users/users.permissions.js';
import { LogBook } from '../support/audit.js';
import { Browser } from '../support/browser.js';
import { Grants, userHolder } from '../support/grants.js';
import { Make } from '../support/make.js';
import { clerk, type Clerk, OVER_GROUPS } from '../support/office.js';
import { complaintsOf, expectProblem } from '../support/problems.js';
import { changingNoRow } from '../support/rows.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const EVENTS = '/v1/audit-events';

describe('Being in a group', () => {
  let test: TestApp;
  let grants: Grants;
  let root: Clerk;

  beforeAll(async () => {
    test = await startTestApp();
    grants = new Grants(test);
    root = await clerk(test, [], { isSuperuser: true });
  });
  afterAll(() => test.close());

  const group = (name = 'Readers') => root.office.group(`${name} ${uuidv7()}`);
  /** A group whose members may read the log book. */
  const readers = async () => {
    const id = await group();
    const url = `/v1/groups/${id}/permissions/${auditEvents.view}`;
    expect((await root.office.put(url)).status).toBe(204);
    return id;
  };
  const memberUrl = (id: string, { user }: Pick<Clerk, 'user'>) =>
    `/v1/groups/${id}/members/${user.id}`;
  const mayRead = async (by: Clerk) => (await by.office.get(EVENTS)).status === 200;

  it('gives what the group holds, until one is taken out again: at the very next request', async () => {
    const id = await readers();
    const ann = await clerk(test);
    const browser = new Browser(test);
    await browser.signIn(ann);
    expect(await mayRead(ann)).toBe(false);
    expect((await root.office.put(memberUrl(id, ann))).status).toBe(204);
    expect(await mayRead(ann)).toBe(true);
    expect((await browser.get(EVENTS)).status).toBe(200);
    expect((await root.office.delete(memberUrl(id, ann))).status).toBe(204);
    expectProblem(await ann.office.get(EVENTS), 403, 'permission_denied');
    expectProblem(await browser.get(EVENTS), 403, 'permission_denied');
  });

  it('goes with the permission that is taken from the group, and with the group that is taken out', async () => {
    const [id, inner] = [await readers(), await group('Trainees')];
    const ann = await clerk(test);
    await root.office.put(memberUrl(inner, ann));
    const included = `/v1/groups/${id}/groups/${inner}`;
    const held = `/v1/groups/${id}/permissions/${auditEvents.view}`;
    expect((await root.office.put(included)).status).toBe(204);
    expect(await mayRead(ann)).toBe(true);
    expect((await root.office.delete(included)).status).toBe(204);
    expect(await mayRead(ann)).toBe(false);
    await root.office.put(included);
    expect(await mayRead(ann)).toBe(true);
    expect((await root.office.delete(held)).status).toBe(204);
    expect(await mayRead(ann)).toBe(false);
  });

  it('can be for a time, and may be given again when it is over', async () => {
    const id = await readers();
    const ann = await clerk(test);
    const expiresAt = test.clock.in(60).toISOString();
    await root.office.put(memberUrl(id, ann), { expiresAt });
    const list = async () =>
      (await root.office.get<MemberPageDto>(`/v1/groups/${id}/members`)).body.items;
    expect(await list()).toMatchObject([{ id: ann.user.id, email: ann.email, expiresAt }]);
    expect(await mayRead(ann)).toBe(true);
    test.clock.forward(61);
    expect(await mayRead(ann)).toBe(false);
    expect(await list()).toEqual([]);
    expectProblem(await root.office.delete(memberUrl(id, ann)), 404, 'not_found');
    await root.office.put(memberUrl(id, ann));
    expect(await list()).toMatchObject([{ id: ann.user.id, expiresAt: null }]);
    expect(await mayRead(ann)).toBe(true);
  });

  it.each([
    ['2020-01-01T00:00:00Z', 'not_in_future'],
    ['2099-02-30T00:00:00Z', 'invalid_moment'],
    ['2099-01-01T00:00+02:00', 'invalid_moment'],
    ['tomorrow', 'invalid_moment'],
    [4_102_444_800, 'invalid_type'],
  ])('does not end at %p', async (expiresAt, code) => {
    const [id, ann] = [await group(), await clerk(test)];
    await changingNoRow(test, async () => {
      for (const url of [
        memberUrl(id, ann),
        `/v1/groups/${id}/groups/${id}`,
        `/v1/groups/${id}/permissions/${auditEvents.view}`,
      ]) {
        const answer = await root.office.put(url, { expiresAt });
        expectProblem(answer, 400, 'validation_failed');
        expect(complaintsOf(answer)).toEqual([`expiresAt ${code}`]);
      }
    });
  });

  it('is listed page by page, with the names of whom one may view', async () => {
    const id = await group();
    const members = [await clerk(test), await clerk(test), await clerk(test)];
    for (const member of members) await root.office.put(memberUrl(id, member));
    const ann = await clerk(test, [groupPermissions.view]);
    await grants.grant(userHolder(ann.user), members[1]!.user.id, userPermissions.view);
    const url = `/v1/groups/${id}/members?limit=2`;
    const first = (await ann.office.get<MemberPageDto>(url)).body;
    const rest = (await ann.office.get<MemberPageDto>(`${url}&cursor=${first.nextCursor!}`)).body;
    expect(rest.nextCursor).toBeNull();
    const seen = [...first.items, ...rest.items].map(({ id: user, email }) => [user, email]);
    expect(seen).toEqual(
      members.map(({ user, email }, i) => [user.id, i === 1 ? email : null]).sort(),
    );
  });

  it('of one group in another is listed, with the names of those that one may view', async () => {
    const [id, one, two] = [await group(), await group('One'), await group('Two')];
    for (const inner of [one, two]) await root.office.put(`/v1/groups/${id}/groups/${inner}`);
    const ann = await clerk(test);
    for (const seen of [id, one]) {
      await grants.grant(userHolder(ann.user), seen, groupPermissions.view);
    }
    const { body } = await ann.office.get<IncludedGroupPageDto>(`/v1/groups/${id}/groups`);
    expect(body.items).toMatchObject([
      { id: one, name: expect.stringContaining('One') as string },
      { id: two, name: null },
    ]);
  });

  it('J02 is asked of the group in the address: a member of another one is none of this', async () => {
    const [one, two] = [await group(), await group()];
    const [ann, inner] = [await clerk(test), await group()];
    await root.office.put(memberUrl(one, ann));
    await root.office.put(`/v1/groups/${one}/groups/${inner}`);
    await root.office.put(`/v1/groups/${one}/permissions/${auditEvents.view}`);
    await changingNoRow(test, async () => {
      for (const url of [
        memberUrl(two, ann),
        `/v1/groups/${two}/groups/${inner}`,
        `/v1/groups/${two}/permissions/${auditEvents.view}`,
        `/v1/groups/${inner}/groups/${one}`,
        memberUrl(uuidv7(), ann),
      ]) {
        expectProblem(await root.office.delete(url), 404, 'not_found');
      }
    });
  });

  it('J13 is not for who is not there, is not active, or may not be seen', async () => {
    const [id, other] = [await group(), await group()];
    const { user: closed } = await new Make(test).user({ isActive: false });
    const [ann, bob, carl] = [await clerk(test, OVER_GROUPS), await clerk(test), await clerk(test)];
    await grants.grant(userHolder(carl.user), id, groupPermissions.change);
    const put = (kind: string, which: string, by = root) =>
      by.office.put(`/v1/groups/${id}/${kind}/${which}`);
    await changingNoRow(test, async () => {
      expectProblem(await put('members', uuidv7()), 404, 'not_found');
      expectProblem(await put('groups', uuidv7()), 404, 'not_found');
      expectProblem(await put('members', 'ann'), 404, 'not_found');
      expectProblem(await put('members', closed.id), 400, 'subject_inactive');
      expectProblem(await put('members', bob.user.id, ann), 404, 'not_found');
      expectProblem(await put('groups', other, carl), 404, 'not_found');
      expectProblem(await carl.office.put(`/v1/groups/${other}/groups/${id}`), 404, 'not_found');
    });
  });

  it('K08 gives no permission that does not exist', async () => {
    const id = await group();
    await changingNoRow(test, async () => {
      for (const name of [
        '*',
        'users.*',
        'users.veiw_user',
        'x'.repeat(99),
        "'; DROP TABLE users",
      ]) {
        const url = `/v1/groups/${id}/permissions/${encodeURIComponent(name)}`;
        expectProblem(await root.office.put(url), 400, 'unknown_permission');
        expectProblem(await root.office.delete(url), 400, 'unknown_permission');
      }
      const { status } = await root.office.put(`/v1/groups/${id}/permissions/${'x'.repeat(1024)}`);
      expect(status).toBe(414);
    });
  });

  it('is told of in the log book, of whom it is about, with its end before and after', async () => {
    const log = await LogBook.of(test);
    const id = await group();
    const ann = await clerk(test);
    const expiresAt = test.clock.in(600).toISOString();
    await root.office.put(memberUrl(id, ann), { expiresAt });
    await root.office.put(memberUrl(id, ann));
    await root.office.delete(memberUrl(id, ann));
    const told = (await log.about(ann.user.id)).filter(({ actorId }) => actorId === root.user.id);
    const about = { group: id, name: expect.any(String) as string };
    expect(told.map(({ action, details }) => ({ action, details }))).toEqual([
      { action: 'member_added', details: { ...about, after: { expiresAt } } },
      {
        action: 'member_added',
        details: { ...about, before: { expiresAt }, after: { expiresAt: null } },
      },
      { action: 'member_removed', details: { ...about, before: { expiresAt: null } } },
    ]);
  });

  it('ends one way or the other when fifty add and remove at once', async () => {
    const id = await readers();
    const ann = await clerk(test);
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        i % 2 ? root.office.put(memberUrl(id, ann)) : root.office.delete(memberUrl(id, ann)),
      ),
    );
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((_, i) => i % 2).every((status) => status === 204)).toBe(true);
    expect(statuses.every((status) => [204, 404].includes(status))).toBe(true);
    const { body } = await root.office.get<MemberPageDto>(`/v1/groups/${id}/members`);
    expect(await mayRead(ann)).toBe(body.items.length === 1);
  });
});
