import { v7 as uuidv7 } from 'uuid';
import type {
  ObjectPermissionDto,
  ObjectPermissionPageDto,
} from '../../src/admin/object-permissions/object-permission.dto.js';
import { products } from '../../src/catalog/products/product.entity.js';
import type { Problem } from '../../src/common/problem.js';
import { objectPermissionPermissions } from '../../src/permissions/holding/object-permission.entity.js';
import { userPermissions } from '../../src/users/users.permissions.js';
import { LogBook } from '../support/audit.js';
import { Browser } from '../support/browser.js';
import { Grants, userHolder } from '../support/grants.js';
import { Make } from '../support/make.js';
import { clerk, type Clerk } from '../support/office.js';
import { complaintsOf, expectProblem } from '../support/problems.js';
import { changingNoRow } from '../support/rows.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { MAKERS } from '../support/things.js';

const URL = '/v1/object-permissions';
const CLERK = [...Object.values(objectPermissionPermissions), userPermissions.view];

describe('Grants on single objects', () => {
  let test: TestApp;
  let grants: Grants;
  let root: Clerk;
  let bob: Clerk;
  let product: string;

  beforeAll(async () => {
    test = await startTestApp();
    grants = new Grants(test);
    root = await clerk(test, [], { isSuperuser: true });
  });
  beforeEach(async () => {
    bob = await clerk(test);
    product = (await MAKERS['catalog.product']!(test)).id;
  });
  afterAll(() => test.close());

  const wanted = (more: object = {}) => ({
    subject: { type: 'user', id: bob.user.id },
    permission: products.view,
    object: { type: 'catalog.product', id: product },
    ...more,
  });
  const grant = (body: unknown, by = root) =>
    by.client.post<ObjectPermissionDto & Problem>(URL, body);
  const list = (query: string, by = root) =>
    by.office.get<ObjectPermissionPageDto>(`${URL}${query}`);
  const read = (by = bob) => by.office.get(`/v1/catalog/products/${product}`);

  it('open the object at the next request and shut it again, by token and by cookie', async () => {
    const browser = new Browser(test);
    await browser.signIn(bob);
    expectProblem(await read(), 404, 'not_found');
    const granted = await grant(wanted());
    expect(granted).toMatchObject({ status: 201, body: { ...wanted(), expiresAt: null } });
    expect((await read()).status).toBe(200);
    expect((await browser.get(`/v1/catalog/products/${product}`)).status).toBe(200);
    expect((await root.office.delete(URL, wanted())).status).toBe(204);
    expectProblem(await read(), 404, 'not_found');
    expectProblem(await browser.get(`/v1/catalog/products/${product}`), 404, 'not_found');
    expectProblem(await root.office.delete(URL, wanted()), 404, 'not_found');
  });

  it('can be taken back by their id, once', async () => {
    const { id } = (await grant(wanted())).body;
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => root.office.delete(`${URL}/${id}`)),
    );
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 404)).toHaveLength(49);
    expectProblem(await read(), 404, 'not_found');
  });

  it('are one, however often they are given; the last says when it ends', async () => {
    const { id } = (await grant(wanted())).body;
    const expiresAt = test.clock.in(60).toISOString();
    await grant(wanted({ expiresAt }));
    const { items } = (await list(`?userId=${bob.user.id}`)).body;
    expect(items).toMatchObject([{ id, expiresAt }]);
    test.clock.forward(61);
    expectProblem(await read(), 404, 'not_found');
    expect((await list(`?userId=${bob.user.id}`)).body.items).toEqual([]);
    expectProblem(await root.office.delete(`${URL}/${id}`), 404, 'not_found');
  });

  it('can be given to a group, and reach whoever is in it', async () => {
    const id = await root.office.group(`Granted ${uuidv7()}`);
    await root.office.put(`/v1/groups/${id}/members/${bob.user.id}`);
    await grant(wanted({ subject: { type: 'group', id } }));
    expect((await read()).status).toBe(200);
    await root.office.delete(URL, wanted({ subject: { type: 'group', id } }));
    expectProblem(await read(), 404, 'not_found');
  });

  it('are listed by whom, on what, and which: page by page', async () => {
    const other = (await MAKERS['catalog.product']!(test)).id;
    const elsewhere = { object: { type: 'catalog.product', id: other } };
    const ids = [
      (await grant(wanted())).body.id,
      (await grant(wanted({ permission: products.change }))).body.id,
      (await grant(wanted(elsewhere))).body.id,
    ];
    const found = async (query: string) => (await list(query)).body.items.map(({ id }) => id);
    expect(await found(`?userId=${bob.user.id}`)).toEqual(ids);
    expect(await found(`?objectId=${product}`)).toEqual(ids.slice(0, 2));
    expect(await found(`?userId=${bob.user.id}&objectId=${other}`)).toEqual([ids[2]]);
    expect(await found(`?userId=${bob.user.id}&permission=${products.change}`)).toEqual([ids[1]]);
    expect(await found(`?groupId=${bob.user.id}`)).toEqual([]);
    const first = (await list(`?userId=${bob.user.id}&limit=2`)).body;
    expect(first.items).toHaveLength(2);
    expect(await found(`?userId=${bob.user.id}&cursor=${first.nextCursor!}`)).toEqual([ids[2]]);
  });

  it('are not listed all at once, nor by what is no filter', async () => {
    const refused = async (query: string) => {
      const answer = await list(query);
      expectProblem(answer, 400, 'validation_failed');
      return complaintsOf(answer);
    };
    expect(await refused('')).toEqual([' filter_required']);
    expect(await refused(`?permission=${products.view}`)).toEqual([' filter_required']);
    expect(await refused(`?userId=ann`)).toEqual(['userId invalid_id']);
    expect(await refused(`?objectId=${product}&permission=*`)).toEqual([
      'permission unknown_permission',
    ]);
    expect(await refused(`?objectId=${product}&filter[user.email]=a`)).toEqual([
      'filter[user.email] unknown_field',
    ]);
  });

  it.each([
    [{ permission: 'catalog.*' }, 'permission unknown_permission'],
    [{ permission: userPermissions.view }, 'object.type wrong_kind'],
    [
      {
        permission: objectPermissionPermissions.add,
        object: { type: 'permissions.object_permission', id: uuidv7() },
      },
      'object.type no_objects',
    ],
    [{ subject: { type: 'superuser', id: uuidv7() } }, 'subject.type invalid_choice'],
    [{ subject: uuidv7() }, 'subject invalid_type'],
    [{ object: { type: 'catalog.product', id: [uuidv7()] } }, 'object.id invalid_type'],
    [
      { object: { type: 'catalog.product', id: uuidv7(), table: 'users' } },
      'object.table unknown_field',
    ],
    [{ expiresAt: '2020-01-01T00:00:00Z' }, 'expiresAt not_in_future'],
    [{ isSuperuser: true }, 'isSuperuser unknown_field'],
  ])('are refused field by field: %j', async (more, complaint) => {
    await changingNoRow(test, async () => {
      const answer = await grant(wanted(more));
      expectProblem(answer, 400, 'validation_failed');
      expect(complaintsOf(answer)).toEqual([complaint]);
      const many = await root.client.post<Problem>(`${URL}/bulk`, [wanted(), wanted(more)]);
      expectProblem(many, 400, 'validation_failed');
      expect(complaintsOf(many)).toEqual([`1.${complaint}`]);
    });
  });

  it('are none on what is not there, and to nobody who is not there or not active', async () => {
    const { user: closed } = await new Make(test).user({ isActive: false });
    await changingNoRow(test, async () => {
      const absent = { type: 'catalog.product', id: uuidv7() };
      expectProblem(await grant(wanted({ object: absent })), 404, 'not_found');
      const user = { type: 'catalog.product', id: bob.user.id };
      expectProblem(await grant(wanted({ object: user })), 404, 'not_found');
      const nobody = { type: 'user', id: uuidv7() };
      expectProblem(await grant(wanted({ subject: nobody })), 404, 'not_found');
      expectProblem(
        await grant(wanted({ subject: { ...nobody, type: 'group' } })),
        404,
        'not_found',
      );
      const inactive = { type: 'user', id: closed.id };
      expectProblem(await grant(wanted({ subject: inactive })), 400, 'subject_inactive');
    });
  });

  it('K04 are given and taken by whoever holds them; to whoever does not see the object, it is absent', async () => {
    const ann = await clerk(test, CLERK);
    const mine = wanted({ subject: { type: 'user', id: ann.user.id } });
    await grant(wanted());
    await changingNoRow(test, async () => {
      expectProblem(await grant(mine, ann), 404, 'not_found');
      expectProblem(await ann.office.delete(URL, wanted()), 404, 'not_found');
    });
    await grants.grant(userHolder(ann.user), product, products.view);
    await grant(wanted({ permission: products.change }));
    await changingNoRow(test, async () => {
      const change = { permission: products.change };
      expectProblem(await grant({ ...mine, ...change }, ann), 403, 'beyond_own_rights');
      expectProblem(await ann.office.delete(URL, wanted(change)), 403, 'beyond_own_rights');
      expectProblem(await grant(wanted(), bob), 403, 'permission_denied');
    });
    expect((await ann.office.delete(URL, wanted())).status).toBe(204);
    expect((await grant(wanted(), ann)).status).toBe(201);
  });

  it('of somebody who stands above are left alone', async () => {
    const ann = await clerk(test, [...CLERK, products.view]);
    const boss = await clerk(test, [], { isStaff: true });
    const hers = wanted({ subject: { type: 'user', id: boss.user.id } });
    const { id } = (await grant(hers, ann)).body;
    await changingNoRow(test, async () => {
      expectProblem(await ann.office.delete(`${URL}/${id}`), 403, 'beyond_own_rights');
      const sooner = { expiresAt: test.clock.in(1).toISOString() };
      expectProblem(await grant({ ...hers, ...sooner }, ann), 403, 'beyond_own_rights');
    });
  });

  it('J04 are all given, or none', async () => {
    const ann = await clerk(test, [...CLERK, products.view]);
    const other = (await MAKERS['catalog.product']!(test)).id;
    const both = [wanted(), wanted({ object: { type: 'catalog.product', id: other } })];
    const many = (bodies: unknown, by = ann) =>
      by.client.post<{ items: ObjectPermissionDto[] } & Problem>(`${URL}/bulk`, bodies);
    await changingNoRow(test, async () => {
      const foreign = wanted({ permission: products.change });
      expectProblem(await many([...both, foreign]), 403, 'beyond_own_rights');
      const absent = wanted({ object: { type: 'catalog.product', id: uuidv7() } });
      expectProblem(await many([...both, absent]), 404, 'not_found');
      const tooMany = await many(Array.from({ length: 101 }, () => wanted()));
      expect(complaintsOf(tooMany)).toEqual([' too_many']);
    });
    const granted = await many(both);
    expect(granted.status).toBe(201);
    expect(granted.body.items.map(({ object }) => object.id)).toEqual([product, other]);
  });

  it('are told of in the log book', async () => {
    const log = await LogBook.of(test);
    const { id } = (await grant(wanted())).body;
    await root.office.delete(`${URL}/${id}`);
    const told = (await log.about(bob.user.id)).filter(({ actorId }) => actorId === root.user.id);
    const what = { permission: products.view, object: product };
    expect(told.map(({ action, details }) => ({ action, details }))).toEqual([
      { action: 'object_permission_granted', details: { ...what, after: { expiresAt: null } } },
      { action: 'object_permission_revoked', details: { ...what, before: { expiresAt: null } } },
    ]);
  });
});
