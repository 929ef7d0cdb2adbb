import type { ObjectPermissionDto } from '../../src/admin/object-permissions/object-permission.dto.js';
import { products } from '../../src/catalog/products/product.entity.js';
import { clerk, type Clerk } from '../support/office.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { MAKERS, type Thing } from '../support/things.js';

const URL = '/v1/object-permissions';

describe('Grants that are made at the same time', () => {
  let test: TestApp;
  let root: Clerk;
  let bob: Clerk;

  beforeAll(async () => {
    test = await startTestApp();
    root = await clerk(test, [], { isSuperuser: true });
    bob = await clerk(test);
  });
  afterAll(() => test.close());

  const some = (length: number): Promise<Thing[]> =>
    Promise.all(Array.from({ length }, () => MAKERS['catalog.product']!(test)));
  const on = ({ id }: Thing) => ({
    subject: { type: 'user', id: bob.user.id },
    permission: products.view,
    object: { type: 'catalog.product', id },
  });

  it('are one, however many give it; the last says when it ends', async () => {
    const [thing] = await some(1);
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => root.client.post<ObjectPermissionDto>(URL, on(thing!))),
    );
    expect(answers.every(({ status }) => status === 201)).toBe(true);
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
  });

  it('do not wait for each other for ever, in whichever order they are given', async () => {
    const bodies = (await some(3)).map(on);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        root.client.post(`${URL}/bulk`, i % 2 ? bodies : [...bodies].reverse()),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 201));
  });

  it('leave no orphan when the object is deleted meanwhile', async () => {
    const things = await some(25);
    const answers = await Promise.all(
      things.flatMap((thing) => [
        root.client.post(URL, on(thing)),
        root.office.delete(`/v1/catalog/products/${thing.id}`),
      ]),
    );
    for (const [i, { status }] of answers.entries()) {
      expect(i % 2 ? [204] : [201, 404]).toContain(status);
    }
    const left = await test.database.query<unknown[]>(
      'SELECT 1 FROM object_permissions WHERE object_id = ANY($1)',
      [things.map(({ id }) => id)],
    );
    expect(left).toEqual([]);
  });

  it('wait for the end of the object, if that is on its way, and are none then', async () => {
    const [thing] = await some(1);
    const waiting = `SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%FOR KEY SHARE%'`;
    let done = false;
    const granting = await test.database.transaction(async (manager) => {
      await manager.query('DELETE FROM catalog_products WHERE id = $1', [thing!.id]);
      const answer = root.client.post(URL, on(thing!)).finally(() => (done = true));
      while (!done && (await test.database.query<unknown[]>(waiting)).length === 0);
      return { answer };
    });
    expect((await granting.answer).status).toBe(404);
  });
});
