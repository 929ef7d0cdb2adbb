import { v7 as uuidv7 } from 'uuid';
import type { PermissionName } from '../../src/access/permission-name.js';
import { auditEvents } from '../../src/audit/audit.controller.js';
import { groupPermissions } from '../../src/permissions/holding/group.entity.js';
import { userPermissions } from '../../src/users/users.permissions.js';
import type { Answer } from '../support/client.js';
import { Grants, userHolder } from '../support/grants.js';
import { clerk, type Clerk, OVER_GROUPS } from '../support/office.js';
import { expectProblem } from '../support/problems.js';
import { changingNoRow } from '../support/rows.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

/** Who may look after groups, and knows whom to put into them: everything but the rights that they give. */
const CLERK: readonly PermissionName[] = [...OVER_GROUPS, userPermissions.view];

/** K04, CVE-2026-75837: nobody gives, or takes, what they do not hold, to others or to themselves. */
describe('Whoever looks after groups', () => {
  let test: TestApp;
  let grants: Grants;
  let root: Clerk;
  let ann: Clerk;
  let bob: Clerk;

  beforeAll(async () => {
    test = await startTestApp();
    grants = new Grants(test);
    root = await clerk(test, [], { isSuperuser: true });
  });
  beforeEach(async () => {
    ann = await clerk(test, CLERK);
    bob = await clerk(test);
  });
  afterAll(() => test.close());

  const group = async (...permissions: PermissionName[]) => {
    const id = await root.office.group(`Delegated ${uuidv7()}`);
    await grants.give({ type: 'group', id }, ...permissions);
    return id;
  };
  const members = (id: string, { user }: Clerk) => `/v1/groups/${id}/members/${user.id}`;
  const groups = (id: string, inner: string) => `/v1/groups/${id}/groups/${inner}`;
  const held = (id: string, permission: string) => `/v1/groups/${id}/permissions/${permission}`;
  const refused = async (...asked: (() => Promise<Answer>)[]) => {
    await changingNoRow(test, async () => {
      for (const ask of asked) expectProblem(await ask(), 403, 'beyond_own_rights');
    });
  };
  const done = async (...asked: (() => Promise<Answer>)[]) => {
    for (const ask of asked) expect((await ask()).status).toBe(204);
  };

  it('puts nobody into one that gives more than she holds, herself least of all', async () => {
    const id = await group(auditEvents.view);
    await refused(
      () => ann.office.put(members(id, ann)),
      () => ann.office.put(members(id, bob)),
      () => ann.office.put(members(id, bob), { expiresAt: test.clock.in(60).toISOString() }),
    );
    await grants.give(userHolder(ann.user), auditEvents.view);
    await done(
      () => ann.office.put(members(id, bob)),
      () => ann.office.put(members(id, ann)),
    );
  });

  it('gives one that she is in nothing that she does not hold', async () => {
    const id = await group();
    await done(() => ann.office.put(members(id, ann)));
    await refused(
      () => ann.office.put(held(id, auditEvents.view)),
      () => ann.office.put(held(id, userPermissions.delete)),
    );
    await done(() => ann.office.put(held(id, userPermissions.view)));
  });

  it('puts no group into a stronger one, whether she is in it or not', async () => {
    const [strong, own, other] = [await group(auditEvents.view), await group(), await group()];
    await done(() => ann.office.put(members(own, ann)));
    await refused(
      () => ann.office.put(groups(strong, own)),
      () => ann.office.put(groups(strong, other)),
    );
    await done(() => ann.office.put(groups(own, strong)));
  });

  it('sees what a group gives through those that contain it', async () => {
    const [strong, middle, weak] = [await group(auditEvents.view), await group(), await group()];
    await done(
      () => root.office.put(groups(strong, middle)),
      () => root.office.put(groups(middle, weak)),
    );
    await refused(
      () => ann.office.put(members(weak, ann)),
      () => ann.office.put(members(middle, bob)),
      () => ann.office.delete(groups(middle, weak)),
      () => ann.office.delete(`/v1/groups/${weak}`),
    );
  });

  it('sees what a group was granted on single objects', async () => {
    const id = await group();
    await grants.grant({ type: 'group', id }, bob.user.id, userPermissions.change);
    await refused(() => ann.office.put(members(id, ann)));
    await grants.grant(userHolder(ann.user), bob.user.id, userPermissions.change);
    await done(() => ann.office.put(members(id, ann)));
  });

  it('takes from no group what she does not hold, and nobody out of a stronger one', async () => {
    const [id, inner] = [await group(auditEvents.view), await group()];
    await done(
      () => root.office.put(members(id, bob)),
      () => root.office.put(groups(id, inner)),
    );
    await refused(
      () => ann.office.delete(held(id, auditEvents.view)),
      () => ann.office.delete(members(id, bob)),
      () => ann.office.delete(groups(id, inner)),
      () => ann.office.delete(`/v1/groups/${id}`),
    );
    await grants.give(userHolder(ann.user), auditEvents.view);
    await done(
      () => ann.office.delete(groups(id, inner)),
      () => ann.office.delete(members(id, bob)),
      () => ann.office.delete(held(id, auditEvents.view)),
      () => ann.office.delete(`/v1/groups/${id}`),
    );
  });

  it.each([
    ['a superuser', { isSuperuser: true }, []],
    ['staff', { isStaff: true }, []],
    ['somebody who holds more', {}, [auditEvents.view]],
  ] as const)('neither takes %s out nor lets that end sooner', async (_, given, permissions) => {
    const id = await group();
    const above = await clerk(test, permissions, given);
    await done(() => ann.office.put(members(id, above)));
    await refused(
      () => ann.office.delete(members(id, above)),
      () => ann.office.put(members(id, above), { expiresAt: test.clock.in(1).toISOString() }),
    );
    await done(() => root.office.delete(members(id, above)));
  });

  it('is held back by nothing that has expired, and helped by nothing', async () => {
    const id = await group();
    const expiresAt = test.clock.in(60).toISOString();
    await done(() => root.office.put(held(id, auditEvents.view), { expiresAt }));
    await refused(() => ann.office.put(members(id, ann)));
    const temporary = await group(userPermissions.delete);
    await done(() => root.office.put(members(temporary, ann), { expiresAt }));
    const other = await group();
    await done(() => ann.office.put(held(other, userPermissions.delete), { expiresAt }));
    test.clock.forward(61);
    await done(() => ann.office.put(members(id, ann)));
    await refused(() => ann.office.put(held(other, userPermissions.delete)));
  });

  it('K16 does nothing any more at the request after it was taken from her', async () => {
    const [id, office] = [await group(), await group(...OVER_GROUPS, userPermissions.view)];
    const carl = await clerk(test);
    await done(
      () => root.office.put(members(office, carl)),
      () => carl.office.put(members(id, bob)),
      () => root.office.delete(members(office, carl)),
    );
    expectProblem(await carl.office.delete(members(id, bob)), 404, 'not_found');
    expectProblem(await carl.client.post('/v1/groups', { name: 'Mine' }), 403, 'permission_denied');
  });

  it('may do so for one group alone', async () => {
    const [id, other] = [await group(), await group()];
    const carl = await clerk(test, [userPermissions.view]);
    await grants.grant(userHolder(carl.user), id, groupPermissions.change, groupPermissions.view);
    await done(() => carl.office.put(members(id, bob)));
    expectProblem(await carl.office.put(members(other, bob)), 404, 'not_found');
    await refused(() => carl.office.put(held(id, auditEvents.view)));
  });
});
