import { v7 as uuidv7 } from 'uuid';
import { parseScope } from '../../src/access/scopes.js';
import { products } from '../../src/catalog/products/product.entity.js';
import { reviews } from '../../src/catalog/reviews/review.entity.js';
import { groupPermissions } from '../../src/permissions/holding/group.entity.js';
import { objectPermissionPermissions } from '../../src/permissions/holding/object-permission.entity.js';
import { userPermissions } from '../../src/users/users.permissions.js';
import { makeKey } from '../support/api-keys.js';
import type { Client } from '../support/client.js';
import { behindItsBack } from '../support/heard.js';
import { holdingOf, type HoldingOf } from '../support/holding.js';
import { Make } from '../support/make.js';
import { expectProblem } from '../support/problems.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { MAKERS } from '../support/things.js';

interface Told {
  readonly allowed: boolean;
  readonly missing: { readonly kind: string } | null;
}

interface Items {
  readonly items: readonly { readonly id: string }[];
}

describe('A key', () => {
  let test: TestApp;
  let make: Make;
  let holding: HoldingOf;

  beforeAll(async () => {
    test = await startTestApp();
    make = new Make(test);
    holding = holdingOf(test);
  });
  afterAll(() => test.close());

  const product = async () => (await MAKERS['catalog.product']!(test)).id;
  const owner = async (isSuperuser = false) => (await make.user({ isSuperuser })).user.id;
  const keyOf = async (ownerId: string, ...scopes: string[]): Promise<Client> => {
    const parsed = scopes.map((text) => parseScope(text)!);
    return (await makeKey(test, ownerId, { scopes: parsed })).client;
  };
  const seenBy = async (client: Client, url = '/v1/catalog/products') => {
    const { body } = await client.get<Items>(url);
    return body.items.map(({ id }) => id);
  };
  const pagesOf = async (client: Client, after = ''): Promise<string[]> => {
    const { body } = await client.get<Items & { nextCursor: string | null }>(
      `/v1/catalog/products?limit=1${after}`,
    );
    const ids = body.items.map(({ id }) => id);
    const { nextCursor } = body;
    return nextCursor === null
      ? ids
      : [...ids, ...(await pagesOf(client, `&cursor=${nextCursor}`))];
  };
  const change = (client: Client, id: string) =>
    client.patch(`/v1/catalog/products/${id}`, { name: 'Door bell' });

  describe('for one object', () => {
    it('sees that one, in lists and by itself, and no other', async () => {
      const [one, other] = [await product(), await product()];
      const key = await keyOf(await owner(true), `${products.view}:${one}`);
      expect(await seenBy(key)).toEqual([one]);
      expect((await key.get(`/v1/catalog/products/${one}`)).status).toBe(200);
      for (const id of [other, uuidv7()]) {
        expectProblem(await key.get(`/v1/catalog/products/${id}`), 404, 'not_found');
      }
    });

    it('sees it only while its owner may', async () => {
      const [one, other, ann] = [await product(), await product(), await owner()];
      const key = await keyOf(ann, `${products.view}:${one}`);
      const read = () => key.get(`/v1/catalog/products/${one}`);
      await holding.grant(ann, products.view, other);
      expect(await seenBy(key)).toEqual([]);
      expectProblem(await read(), 404, 'not_found');
      await holding.grant(ann, products.view, one);
      expect(await seenBy(key)).toEqual([one]);
      expect((await read()).status).toBe(200);
      await behindItsBack(test, 'DELETE FROM object_permissions WHERE user_id = $1', [ann]);
      expect(await seenBy(key)).toEqual([]);
      expectProblem(await read(), 404, 'not_found');
    });

    it('is told of others as much as it may see, and no more', async () => {
      const [one, other, ann] = [await product(), await product(), await owner(true)];
      const blind = await keyOf(ann, `${products.change}:${one}`);
      expectProblem(await change(blind, other), 404, 'not_found');
      expectProblem(await change(blind, uuidv7()), 404, 'not_found');
      const seeing = await keyOf(ann, products.view, `${products.change}:${one}`);
      expect((await change(seeing, one)).status).toBe(200);
      expectProblem(await change(seeing, other), 403, 'insufficient_scope');
      expect((await change(blind, one)).status).toBe(200);
    });

    it('sees what belongs to it as far as other scopes say', async () => {
      const { id, params } = await MAKERS['catalog.review']!(test);
      const ann = await owner(true);
      const { productId = '' } = params;
      const list = `/v1/catalog/products/${productId}/reviews`;
      const key = await keyOf(ann, `${products.view}:${productId}`, `${reviews.view}:${id}`);
      expect(await seenBy(key, list)).toEqual([id]);
      const without = await keyOf(ann, `${products.view}:${productId}`);
      expect(await seenBy(without, list)).toEqual([]);
      const elsewhere = await keyOf(ann, `${products.view}:${uuidv7()}`, reviews.view);
      expectProblem(await elsewhere.get(list), 404, 'not_found');
      expectProblem(await elsewhere.get(`${list}/${id}`), 404, 'not_found');
    });

    it('pages through a few of many', async () => {
      const ids = [await product(), await product(), await product(), await product()];
      const [first = '', , third = '', fourth = ''] = ids;
      const ann = await owner();
      for (const id of ids.slice(0, 3)) await holding.grant(ann, products.view, id);
      for (const whose of [ann, await owner(true)]) {
        const scopes = [fourth, third, first].map((id) => `${products.view}:${id}`);
        const key = await keyOf(whose, ...scopes);
        const found = await pagesOf(key);
        expect(found).toEqual(whose === ann ? [first, third] : [first, third, fourth]);
      }
    });
  });

  describe('that asks what it may', () => {
    const ask = async (key: Client, permission: string, id?: string) => {
      const object = { type: 'catalog.product', id };
      const question = { permission, ...(id && { object }) };
      const [{ body }, { body: told }] = await Promise.all([
        key.post<{ decisions: [{ allowed: boolean }] }>('/v1/authorization/check', [question]),
        key.post<Told>('/v1/authorization/explain', question),
      ]);
      expect(told.allowed).toBe(body.decisions[0].allowed);
      return told.missing?.kind ?? 'allowed';
    };

    it('is told what it may, not what its owner may', async () => {
      const [one, other, ann] = [await product(), await product(), await owner(true)];
      const key = await keyOf(ann, `${products.view}:${one}`, reviews.view);
      expect(await ask(key, products.view, one)).toBe('allowed');
      expect(await ask(key, products.view, other)).toBe('scope');
      expect(await ask(key, products.view)).toBe('scope');
      expect(await ask(key, products.change, one)).toBe('scope');
      const objects = await key.post<Items>('/v1/authorization/objects', {
        permission: products.view,
      });
      expect(objects.body.items).toEqual([{ type: 'catalog.product', id: one }]);
      const poor = await keyOf(await owner(), `${products.view}:${one}`);
      expect(await ask(poor, products.view, one)).toBe('permission');
    });

    it('is not told of the rest in the list of permissions either', async () => {
      const ann = await owner();
      for (const each of [products.view, products.change]) await holding.give(ann, each);
      const rights = async (key: Client) =>
        (await key.get<Record<'direct' | 'effective', { permission: string }[]>>(MINE)).body;
      const one = await rights(await keyOf(ann, products.view, `${products.change}:${uuidv7()}`));
      expect([one.direct, one.effective].map((list) => list.map((e) => e.permission))).toEqual([
        [products.view],
        [products.view],
      ]);
      expect(await rights(await keyOf(ann))).toMatchObject({ direct: [], effective: [] });
      const root = await keyOf(await owner(true), products.view);
      expect(await rights(root)).toMatchObject({
        isSuperuser: false,
        effective: [{ permission: products.view }],
      });
    });

    it('may not look through its owner with what-if', async () => {
      const ann = await owner(true);
      const whatIf = { change: 'unmake_superuser', userId: ann };
      const { view } = objectPermissionPermissions;
      const key = await keyOf(ann, view);
      const denied = await key.post('/v1/authorization/what-if', whatIf);
      expectProblem(denied, 403, 'permission_denied');
      const seeing = await keyOf(ann, view, `${userPermissions.view}:${ann}`);
      await owner(true); // another one: the last must stay
      expect((await seeing.post('/v1/authorization/what-if', whatIf)).status).toBe(200);
    });
  });

  it('sees nothing where its scopes do not say so, even what every owner of a key may ask', async () => {
    const key = await keyOf(await owner(true));
    expect(await seenBy(key)).toEqual([]);
    expect(await seenBy(key, '/v1/groups')).toEqual([]);
    expectProblem(await key.get('/v1/permissions'), 403, 'insufficient_scope');
    expect(await key.me()).toMatchObject({ status: 200 });
  });

  it('loses what its owner loses, at the next call', async () => {
    const ann = await owner(true);
    const key = await keyOf(ann, groupPermissions.add);
    const add = () => key.post('/v1/groups', { name: `Drivers ${uuidv7()}` });
    expect((await add()).status).toBe(201);
    await owner(true);
    await behindItsBack(test, 'UPDATE users SET is_superuser = false WHERE id = $1', [ann]);
    expectProblem(await add(), 403, 'permission_denied');
  });
});

const MINE = '/v1/users/me/permissions';
