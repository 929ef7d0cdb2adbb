import type {
  AbleUserPageDto,
  HeldObjectPageDto,
} from '../../src/admin/authorization/authorization.dto.js';
import type { ExplanationDto } from '../../src/admin/authorization/explanation.dto.js';
import type { MemberPageDto } from '../../src/admin/groups/belonging.dto.js';
import { products } from '../../src/catalog/products/product.entity.js';
import { groupPermissions } from '../../src/permissions/holding/group.entity.js';
import { objectPermissionPermissions } from '../../src/permissions/holding/object-permission.entity.js';
import { serviceAccountPermissions } from '../../src/service-accounts/service-accounts.permissions.js';
import { userPermissions } from '../../src/users/users.permissions.js';
import { makeKey } from '../support/api-keys.js';
import type { Client } from '../support/client.js';
import { userHolder } from '../support/grants.js';
import { expectProblem } from '../support/problems.js';
import { changingNoRow } from '../support/rows.js';
import { makeServiceAccount } from '../support/service-accounts.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { MAKERS } from '../support/things.js';
import { marksOf } from '../support/two-factor-policy.js';
import { type Clerk, Office, put, remove } from '../support/users-office.js';

const { view: SEES_IT } = serviceAccountPermissions;
const { view: SEES_PEOPLE } = userPermissions;

describe('What a service account holds', () => {
  let test: TestApp;
  let office: Office;
  let root: Clerk;

  beforeAll(async () => {
    test = await startTestApp();
    office = new Office(test);
    root = await office.superuser();
  });
  afterAll(() => test.close());

  const robot = async () => {
    const { id, firstName: name } = await makeServiceAccount(test);
    return { id, name, holder: userHolder({ id }), key: (await makeKey(test, id)).client };
  };
  const product = async () => (await MAKERS['catalog.product']!(test)).id;
  const ask = <T>(by: Client, what: string, body: unknown) =>
    by.post<T>(`/v1/authorization/${what}`, body);

  it('it may have through a group, like anybody', async () => {
    const { id, name, key } = await robot();
    const group = await office.grants.someGroup();
    await office.grants.give(group, products.view);
    const url = `/v1/catalog/products/${await product()}`;
    expectProblem(await key.get(url), 404, 'not_found');
    expect((await put(root.client, `/v1/groups/${group.id}/members/${id}`)).status).toBe(204);
    expect((await key.get(url)).status).toBe(200);
    const members = async (by: Clerk) =>
      (await by.client.get<MemberPageDto>(`/v1/groups/${group.id}/members`)).body.items;
    expect(await members(root)).toMatchObject([{ id, email: '', firstName: name, lastName: '' }]);
    const hr = await office.clerk([groupPermissions.view, SEES_PEOPLE]);
    expect(await members(hr)).toMatchObject([{ id, email: null, firstName: null, lastName: null }]);
    const ops = await office.clerk([groupPermissions.view, SEES_IT]);
    expect(await members(ops)).toMatchObject([{ id, email: '', firstName: name }]);
    expect((await remove(root.client, `/v1/groups/${group.id}/members/${id}`)).status).toBe(204);
    expectProblem(await key.get(url), 404, 'not_found');
  });

  it('it may have on one object alone, as a `user`', async () => {
    const { id, key } = await robot();
    const [mine, other] = [await product(), await product()];
    const grant = {
      subject: { type: 'user', id },
      permission: products.view,
      object: { type: 'catalog.product', id: mine },
    };
    const { status } = await root.client.post('/v1/object-permissions', grant);
    expect(status).toBe(201);
    expect((await key.get(`/v1/catalog/products/${mine}`)).status).toBe(200);
    expectProblem(await key.get(`/v1/catalog/products/${other}`), 404, 'not_found');
  });

  it('is given by who may view service accounts, not by who may view people, and the other way round', async () => {
    const { id } = await robot();
    const { user } = await office.make.user();
    const desk = [
      groupPermissions.view,
      groupPermissions.change,
      ...Object.values(objectPermissionPermissions),
      products.view,
    ];
    const [hr, ops] = [
      await office.clerk([...desk, SEES_PEOPLE]),
      await office.clerk([...desk, SEES_IT]),
    ];
    const group = await office.grants.someGroup();
    const object = { type: 'catalog.product', id: await product() };
    const join = (by: Clerk, whom: string) =>
      put(by.client, `/v1/groups/${group.id}/members/${whom}`);
    const grant = (by: Clerk, whom: string) =>
      by.client.post('/v1/object-permissions', {
        subject: { type: 'user', id: whom },
        permission: products.view,
        object,
      });
    const check = (by: Clerk, whom: string) =>
      ask(by.client, 'check', [
        { subject: { type: 'user', id: whom }, permission: products.view, object },
      ]);
    await changingNoRow(test, async () => {
      for (const [by, whom] of [
        [hr, id],
        [ops, user.id],
      ] as const) {
        expectProblem(await join(by, whom), 404, 'not_found');
        expectProblem(await grant(by, whom), 404, 'not_found');
        expectProblem(await check(by, whom), 403, 'permission_denied');
      }
    });
    expect((await join(ops, id)).status).toBe(204);
    expect((await grant(ops, id)).status).toBe(201);
    expect((await check(ops, id)).body).toEqual({ decisions: [{ allowed: true }] });
    expect((await grant(hr, user.id)).status).toBe(201);
  });

  it('is explained, with its name', async () => {
    const { id, name, holder } = await robot();
    const question = { subject: { type: 'user', id }, permission: products.add };
    const before = await ask<ExplanationDto>(root.client, 'explain', question);
    expect(before.body).toMatchObject({ allowed: false, subject: { type: 'user', id, name } });
    await office.grants.give(holder, products.add);
    const { body } = await ask<ExplanationDto>(root.client, 'explain', question);
    expect(body).toMatchObject({ allowed: true, facts: [{ kind: 'permission' }] });
    expect(body.sentence).toBe(
      `${name[0]!.toUpperCase()}${name.slice(1)} holds ${products.add} directly.`,
    );
  });

  it('is found by who asks who may do something, with its name and no address', async () => {
    const { id, name, holder } = await robot();
    const object = { type: 'catalog.product', id: await product() };
    await office.grants.grant(holder, object.id, products.delete);
    const found: object[] = [];
    for (let cursor: string | null | undefined; cursor !== null;) {
      const page = await ask<AbleUserPageDto>(root.client, 'subjects', {
        permission: products.delete,
        object,
        limit: 200,
        ...(cursor !== undefined && { cursor }),
      });
      found.push(...page.body.items);
      cursor = page.body.nextCursor;
    }
    expect(found).toContainEqual({ type: 'user', id, email: '', name });
  });

  it('can be tried out, but for what it never is', async () => {
    const { id, name, holder } = await robot();
    await office.grants.give(holder, products.view);
    const tryOut = (body: object) => ask(root.client, 'what-if', body);
    await changingNoRow(test, async () => {
      const { body } = await tryOut({ change: 'deactivate_user', userId: id });
      expect(body).toMatchObject({
        subject: { type: 'user', id, name },
        permissions: { lost: [products.view] },
      });
      const up = await tryOut({ change: 'make_superuser', userId: id });
      expectProblem(up, 409, 'not_a_person');
      expect((await tryOut({ change: 'unmake_superuser', userId: id })).status).toBe(200);
    });
  });

  it('is not on people: a service account is no object of their kind, but one of its own', async () => {
    const { id } = await robot();
    const { user } = await office.make.user();
    const grantOn = (type: string, permission: string) =>
      root.client.post('/v1/object-permissions', {
        subject: { type: 'user', id: user.id },
        permission,
        object: { type, id },
      });
    await changingNoRow(test, async () => {
      expectProblem(await grantOn('users.user', userPermissions.change), 404, 'not_found');
    });
    const own = await grantOn('service_accounts.service_account', SEES_IT);
    expect(own.status).toBe(201);
    const objects = async (permission: string) => {
      const found: string[] = [];
      for (let cursor: string | null | undefined; cursor !== null;) {
        const page = await ask<HeldObjectPageDto>(root.client, 'objects', {
          permission,
          limit: 200,
          ...(cursor !== undefined && { cursor }),
        });
        found.push(...page.body.items.map((item) => item.id));
        cursor = page.body.nextCursor;
      }
      return [found.includes(user.id), found.includes(id)];
    };
    expect(await objects(SEES_PEOPLE)).toEqual([true, false]);
    expect(await objects(SEES_IT)).toEqual([false, true]);
  });

  it('no mark of a group for second factors takes away; what a permission demands a key never shows', async () => {
    const marks = marksOf(test);
    const { holder, key } = await robot();
    const group = await office.grants.someGroup();
    await office.grants.give(group, products.view, products.delete);
    await office.grants.join(group, holder);
    await marks.group(group.id);
    const url = `/v1/catalog/products/${await product()}`;
    expect((await key.get(url)).status).toBe(200);
    await marks.permission(products.delete);
    expectProblem(await remove(key, url), 403, 'two_factor_required');
    await marks.nothing();
    expect((await remove(key, url)).status).toBe(204);
  });
});

describe('Where everybody must have a second factor', () => {
  let test: TestApp;

  beforeAll(async () => {
    test = await startTestApp({
      environment: { TWO_FACTOR_REQUIRED_FOR: 'all', TWO_FACTOR_GRACE: '0' },
    });
  });
  afterAll(() => test.close());

  it('a service account comes in with its key all the same', async () => {
    const { id } = await makeServiceAccount(test);
    const { client } = await makeKey(test, id);
    expect((await client.get('/v1/users/me/permissions')).status).toBe(200);
  });
});
