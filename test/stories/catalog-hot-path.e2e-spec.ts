import pg from 'pg';
import { products } from '../../src/catalog/products/product.entity.js';
import { Shopper } from '../support/catalog.js';
import { Grants, userHolder } from '../support/grants.js';
import { Make } from '../support/make.js';
import { expectProblem } from '../support/problems.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

type Query = (this: pg.Client, ...args: unknown[]) => unknown;

/** What a guarded read costs, counted at the driver; see hot-path.e2e-spec.ts for that without an object. */
describe('Reading a product', () => {
  let test: TestApp;
  let make: Make;
  let grants: Grants;
  let statements: string[] = [];

  beforeAll(async () => {
    test = await startTestApp();
    make = new Make(test);
    grants = new Grants(test);
    const { query } = pg.Client.prototype as unknown as Record<'query', Query>;
    jest.spyOn(pg.Client.prototype, 'query').mockImplementation(function (
      this: pg.Client,
      ...args: unknown[]
    ) {
      const [statement] = args as [string | { text: string }];
      const text = typeof statement === 'string' ? statement : statement.text;
      // What the door asks about rights and people, and what the route asks; others work in the background.
      if (/permission|group|users|sessions|catalog_/.test(text)) statements.push(text);
      return query.apply(this, args) as never;
    });
  });
  afterAll(async () => {
    jest.restoreAllMocks();
    await test.close();
  });

  const someProduct = async () => {
    const { client, user } = await make.signedIn();
    await grants.give(userHolder(user), products.add);
    const { body } = await new Shopper(client).add();
    return body.id;
  };
  const shopper = async () => {
    const { client, user } = await make.signedIn();
    return { shop: new Shopper(client), holder: userHolder(user) };
  };
  const readOften = async (shop: Shopper, id: string) => {
    expect((await shop.read(id)).status).toBe(200);
    statements = [];
    for (let i = 0; i < 50; i++) expect((await shop.read(id)).status).toBe(200);
  };

  it('that was granted to the reader or to her group reads the product and nothing else', async () => {
    const id = await someProduct();
    const [ann, bob, group] = [await shopper(), await shopper(), await grants.someGroup()];
    await grants.grant(ann.holder, id, products.view);
    await grants.grant(group, id, products.view);
    await grants.join(group, bob.holder);
    for (const { shop } of [ann, bob]) {
      await readOften(shop, id);
      expect(statements).toHaveLength(50);
      expect(new Set(statements).size).toBe(1);
      expect(statements[0]).toMatch(/^SELECT .* FROM catalog_products WHERE id = \$1$/s);
    }
  });

  it('by who holds the permission on all products does, too', async () => {
    const id = await someProduct();
    const { shop, holder } = await shopper();
    await grants.give(holder, products.view);
    await readOften(shop, id);
    expect(statements).toHaveLength(50);
  });

  it('is refused at the next time when the grant was revoked, however warm it was', async () => {
    const id = await someProduct();
    const { shop, holder } = await shopper();
    await grants.grant(holder, id, products.view);
    await readOften(shop, id);
    await grants.revoke(holder, id, products.view);
    expectProblem(await shop.read(id), 404, 'not_found');
  });
});
