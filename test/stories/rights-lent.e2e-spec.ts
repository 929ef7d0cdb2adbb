import { v7 as uuidv7 } from 'uuid';
import type { PermissionName } from '../../src/access/permission-name.js';
import { auditEvents } from '../../src/audit/audit.controller.js';
import { products } from '../../src/catalog/products/product.entity.js';
import { objectPermissionPermissions } from '../../src/permissions/holding/object-permission.entity.js';
import { userPermissions } from '../../src/users/users.permissions.js';
import type { Answer } from '../support/client.js';
import { Grants } from '../support/grants.js';
import { clerk, type Clerk, OVER_GROUPS } from '../support/office.js';
import { expectProblem } from '../support/problems.js';
import { changingNoRow } from '../support/rows.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { MAKERS } from '../support/things.js';

const CLERK: readonly PermissionName[] = [
  ...OVER_GROUPS,
  ...Object.values(objectPermissionPermissions),
  userPermissions.view,
];
const STALE = 'attic.view_box';

/** Who holds something until tomorrow would otherwise give it to a friend, or to herself, for ever. */
describe('Nobody gives for longer than they hold', () => {
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
    const id = await root.office.group(`In time ${uuidv7()}`);
    await grants.give({ type: 'group', id }, ...permissions);
    return id;
  };
  /** Ann is in a group that holds it, for a minute. */
  const lend = async (...permissions: PermissionName[]) => {
    const id = await group(...permissions);
    const url = `/v1/groups/${id}/members/${ann.user.id}`;
    const end = inMinutes(1);
    expect((await root.office.put(url, { expiresAt: end })).status).toBe(204);
    return { id, end };
  };
  const inMinutes = (minutes: number) => test.clock.in(minutes * 60).toISOString();
  const onlyForSoLong = async (ask: (body: object) => Promise<Answer>, end: string) => {
    const later = new Date(Date.parse(end) + 1).toISOString();
    await changingNoRow(test, async () => {
      expectProblem(await ask({}), 403, 'beyond_own_rights');
      expectProblem(await ask({ expiresAt: later }), 403, 'beyond_own_rights');
    });
    expect([201, 204]).toContain((await ask({ expiresAt: end })).status);
  };

  it('a permission to a group', async () => {
    const id = await group();
    const { end } = await lend(auditEvents.view);
    const url = `/v1/groups/${id}/permissions/${auditEvents.view}`;
    await onlyForSoLong((body) => ann.office.put(url, body), end);
  });

  it('membership, of a user or of a group', async () => {
    const [id, inner] = [await group(auditEvents.view), await group()];
    const { end } = await lend(auditEvents.view);
    for (const url of [
      `/v1/groups/${id}/members/${bob.user.id}`,
      `/v1/groups/${id}/groups/${inner}`,
    ]) {
      await onlyForSoLong((body) => ann.office.put(url, body), end);
    }
  });

  it('membership of a group that itself holds no longer than that, for ever', async () => {
    const id = await group();
    await lend(auditEvents.view);
    const held = `/v1/groups/${id}/permissions/${auditEvents.view}`;
    await root.office.put(held, { expiresAt: inMinutes(0.5) });
    expect((await ann.office.put(`/v1/groups/${id}/members/${bob.user.id}`)).status).toBe(204);
  });

  it('a permission on one object, and membership of a group that was granted it', async () => {
    const { id: product } = await MAKERS['catalog.product']!(test);
    const { id: lent, end } = await lend();
    await grants.grant({ type: 'group', id: lent }, product, products.view);
    const wanted = {
      subject: { type: 'user', id: bob.user.id },
      permission: products.view,
      object: { type: 'catalog.product', id: product },
    };
    await onlyForSoLong(
      (more) => ann.client.post('/v1/object-permissions', { ...wanted, ...more }),
      end,
    );
    const id = await group();
    await grants.grant({ type: 'group', id }, product, products.view);
    const url = `/v1/groups/${id}/members/${bob.user.id}`;
    await onlyForSoLong((body) => ann.office.put(url, body), end);
  });

  it('but may take what they hold only for a while', async () => {
    const id = await group(auditEvents.view);
    await root.office.put(`/v1/groups/${id}/members/${bob.user.id}`);
    await lend(auditEvents.view);
    expect((await ann.office.delete(`/v1/groups/${id}/members/${bob.user.id}`)).status).toBe(204);
    expect((await ann.office.delete(`/v1/groups/${id}`)).status).toBe(204);
  });

  it('and what no code defines any more, and allows nothing, is in nobody’s way', async () => {
    const add = 'INSERT INTO permissions (name, resource) VALUES ($1, $2)';
    await test.database.query(add, [STALE, 'attic.box']);
    const id = await group();
    for (const [table, column, holder] of [
      ['group_permissions', 'group_id', id],
      ['user_permissions', 'user_id', bob.user.id],
    ] as const) {
      await test.database.query(
        `INSERT INTO ${table} (${column}, permission_id, created_at)
         SELECT $1, id, now() FROM permissions WHERE name = $2`,
        [holder, STALE],
      );
    }
    const restarted = await startTestApp(); // a node that has read the catalogue since
    const { body } = await restarted.app
      .inject({
        method: 'POST',
        url: '/v1/auth/login',
        payload: { email: ann.email, password: ann.password },
      })
      .then((answer) => ({ body: answer.json<{ accessToken: string }>() }));
    const call = async (method: 'PUT' | 'DELETE') => {
      const headers = { authorization: `Bearer ${body.accessToken}` };
      const url = `/v1/groups/${id}/members/${bob.user.id}`;
      return (await restarted.app.inject({ method, url, headers })).statusCode;
    };
    const statuses = [await call('PUT'), await call('PUT'), await call('DELETE')];
    await restarted.close();
    await test.database.query('DELETE FROM permissions WHERE name = $1', [STALE]);
    expect(statuses).toEqual([204, 204, 204]);
  });
});
