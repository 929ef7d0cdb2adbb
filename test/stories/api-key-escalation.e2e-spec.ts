import { v7 as uuidv7 } from 'uuid';
import type { PermissionName } from '../../src/access/permission-name.js';
import { parseScope } from '../../src/access/scopes.js';
import { products } from '../../src/catalog/products/product.entity.js';
import { groupPermissions } from '../../src/permissions/holding/group.entity.js';
import { objectPermissionPermissions } from '../../src/permissions/holding/object-permission.entity.js';
import { userPermissions } from '../../src/users/users.permissions.js';
import { makeKey } from '../support/api-keys.js';
import { Make } from '../support/make.js';
import { Office } from '../support/office.js';
import { expectProblem } from '../support/problems.js';
import { type Rights, rightsOf } from '../support/rights.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { MAKERS } from '../support/things.js';

const BEYOND = 'beyond_own_rights';

/** Whoever has stolen a key has what its scopes say, and cannot make more of it (CVE-2026-23896). */
describe('A key that may change who may do what', () => {
  let test: TestApp;
  let make: Make;
  let rights: Rights;

  beforeAll(async () => {
    test = await startTestApp();
    make = new Make(test);
    rights = rightsOf(test);
  });
  afterAll(() => test.close());

  /** Of a superuser, who could give anything to anybody. */
  const key = async (...scopes: string[]) => {
    const { user } = await make.user({ isSuperuser: true });
    const { client } = await makeKey(test, user.id, {
      scopes: scopes.map((text) => parseScope(text)!),
    });
    return { office: new Office(client), ownerId: user.id };
  };
  const product = async () => (await MAKERS['catalog.product']!(test)).id;
  const grant = (office: Office, userId: string, permission: PermissionName, id: string) =>
    office.client.post('/v1/object-permissions', {
      subject: { type: 'user', id: userId },
      permission,
      object: { type: 'catalog.product', id },
    });
  const GRANTS = [objectPermissionPermissions.add, userPermissions.view];

  it('grants what its scopes cover, to others and to its owner, and nothing else', async () => {
    const [one, other, { user }] = [await product(), await product(), await make.user()];
    const { office, ownerId } = await key(...GRANTS, products.view, `${products.change}:${one}`);
    for (const id of [user.id, ownerId]) {
      expect((await grant(office, id, products.view, other)).status).toBe(201);
      expect((await grant(office, id, products.change, one)).status).toBe(201);
      expectProblem(await grant(office, id, products.change, other), 403, BEYOND);
      expectProblem(await grant(office, id, products.delete, one), 403, BEYOND);
    }
  });

  it('grants nothing on what it may not see', async () => {
    const [one, { user }] = [await product(), await make.user()];
    const { office } = await key(...GRANTS, products.change);
    expectProblem(await grant(office, user.id, products.change, one), 404, 'not_found');
  });

  it('grants nobody whom it may not see', async () => {
    const [one, { user }] = [await product(), await make.user()];
    const { office } = await key(objectPermissionPermissions.add, products.view);
    expectProblem(await grant(office, user.id, products.view, one), 404, 'not_found');
  });

  it('takes nothing that its scopes do not cover', async () => {
    const [one, { user }] = [await product(), await make.user()];
    const ofUser = { type: 'user', id: user.id } as const;
    for (const each of [products.view, products.change]) await rights.grant(ofUser, each, one);
    const { office } = await key(objectPermissionPermissions.delete, products.view);
    const revoke = (permission: PermissionName) =>
      office.delete('/v1/object-permissions', {
        subject: ofUser,
        permission,
        object: { type: 'catalog.product', id: one },
      });
    expectProblem(await revoke(products.change), 403, BEYOND);
    expect((await revoke(products.view)).status).toBe(204);
  });

  it('takes nothing from a superuser, whoever owns it', async () => {
    const [one, { user }] = [await product(), await make.user({ isSuperuser: true })];
    const ofUser = { type: 'user', id: user.id } as const;
    await rights.grant(ofUser, products.view, one);
    const { office } = await key(objectPermissionPermissions.delete, products.view);
    const body = { subject: ofUser, permission: products.view };
    const object = { type: 'catalog.product', id: one };
    expectProblem(await office.delete('/v1/object-permissions', { ...body, object }), 403, BEYOND);
  });

  describe('of groups', () => {
    const GROUPS = Object.values(groupPermissions);

    it('adds nobody, includes nothing and gives nothing: that takes a proof that it is a person', async () => {
      const [group, another] = [await rights.group(), await rights.group()];
      const { office, ownerId } = await key(...GROUPS, userPermissions.view, products.view);
      for (const what of [
        `members/${ownerId}`,
        `groups/${another.id}`,
        `permissions/${products.view}`,
      ]) {
        const answer = await office.put(`/v1/groups/${group.id}/${what}`, {});
        expectProblem(answer, 403, 'api_key_not_allowed');
      }
    });

    it('neither renames nor deletes one that gives more than its scopes cover', async () => {
      const group = await rights.group();
      await rights.give(group, products.view);
      const poor = await key(...GROUPS);
      const rename = ({ office }: typeof poor) =>
        office.client.patch(`/v1/groups/${group.id}`, { name: `Drivers ${uuidv7()}` });
      expectProblem(await rename(poor), 403, BEYOND);
      expectProblem(await poor.office.delete(`/v1/groups/${group.id}`), 403, BEYOND);
      const rich = await key(...GROUPS, products.view);
      expect((await rename(rich)).status).toBe(200);
      expect((await rich.office.delete(`/v1/groups/${group.id}`)).status).toBe(204);
    });

    it('answers for what a group holds on single objects by scopes on those', async () => {
      const [group, one, other] = [await rights.group(), await product(), await product()];
      await rights.grant(group, products.view, one);
      const rename = ({ office }: Awaited<ReturnType<typeof key>>) =>
        office.client.patch(`/v1/groups/${group.id}`, { name: `Drivers ${uuidv7()}` });
      expectProblem(await rename(await key(...GROUPS)), 403, BEYOND);
      expectProblem(await rename(await key(...GROUPS, `${products.view}:${other}`)), 403, BEYOND);
      expect((await rename(await key(...GROUPS, `${products.view}:${one}`))).status).toBe(200);
      await rights.grant(group, products.view, other);
      expectProblem(await rename(await key(...GROUPS, `${products.view}:${one}`)), 403, BEYOND);
    });

    it('takes out and takes away only what its scopes cover', async () => {
      const [group, { user }] = [await rights.group(), await make.user()];
      await rights.give(group, products.view);
      await rights.join(group.id, user.id);
      const place = `/v1/groups/${group.id}`;
      const [poor, rich] = [await key(...GROUPS), await key(...GROUPS, products.view)];
      for (const what of [`members/${user.id}`, `permissions/${products.view}`]) {
        expectProblem(await poor.office.delete(`${place}/${what}`), 403, BEYOND);
        expect((await rich.office.delete(`${place}/${what}`)).status).toBe(204);
      }
    });

    it('works on the one that its scope names, and on no other', async () => {
      const [one, other] = [await rights.group(), await rights.group()];
      const { office } = await key(`${groupPermissions.change}:${one.id}`);
      const rename = (id: string) => office.client.patch(`/v1/groups/${id}`, { description: id });
      expect((await rename(one.id)).status).toBe(200);
      expectProblem(await rename(other.id), 404, 'not_found');
    });

    it('lowers no demand of second factors', async () => {
      const group = await rights.group();
      const { office } = await key(...GROUPS);
      const answer = await office.client.patch(`/v1/groups/${group.id}`, {
        requiresTwoFactor: false,
      });
      expectProblem(answer, 403, 'two_factor_required');
    });
  });
});
