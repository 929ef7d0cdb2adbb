import { v7 as uuidv7 } from 'uuid';
import { products } from '../../src/catalog/products/product.entity.js';
import { reviews } from '../../src/catalog/reviews/review.entity.js';
import { BELL, Shopper } from '../support/catalog.js';
import { EVERYBODY, Grants, userHolder } from '../support/grants.js';
import { Make } from '../support/make.js';
import { expectProblem } from '../support/problems.js';
import { changingNoRow } from '../support/rows.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const { add, change, view } = products;

/** A product of somebody's. */
async function someProduct(test: TestApp): Promise<string> {
  const { client, user } = await new Make(test).signedIn();
  await new Grants(test).give(userHolder(user), add);
  return (await new Shopper(client).add()).body.id;
}

/** What the group Anonymous was granted is nobody's as long as `ANONYMOUS_PERMISSIONS` is off: the default. */
describe('With ANONYMOUS_PERMISSIONS off', () => {
  let test: TestApp;

  beforeAll(async () => {
    test = await startTestApp();
  });
  afterAll(() => test.close());

  it('what Anonymous was granted opens nothing, to strangers nor to anybody', async () => {
    const id = await someProduct(test);
    const grants = new Grants(test);
    await grants.grant(EVERYBODY, id, view);
    await grants.give(EVERYBODY, reviews.view);
    const stranger = new Shopper(new Make(test).client);
    expectProblem(await stranger.read(id), 401, 'not_authenticated');
    expectProblem(await stranger.list(), 401, 'not_authenticated');
    const { client } = await new Make(test).signedIn();
    expectProblem(await new Shopper(client).read(id), 404, 'not_found');
    expect((await new Shopper(client).list()).body.items).toEqual([]);
    await grants.take(EVERYBODY, reviews.view);
  });
});

describe('With ANONYMOUS_PERMISSIONS on', () => {
  let test: TestApp;
  let make: Make;
  let grants: Grants;
  let stranger: Shopper;

  beforeAll(async () => {
    test = await startTestApp({ environment: { ANONYMOUS_PERMISSIONS: 'on' } });
    make = new Make(test);
    grants = new Grants(test);
    stranger = new Shopper(make.client);
  });
  afterAll(() => test.close());

  const shopper = async () => new Shopper((await make.signedIn()).client);
  /** Holds for everybody as long as it takes, since all stories share this group. */
  const whileGiven = async (names: Parameters<Grants['give']>[1][], story: () => Promise<void>) => {
    await grants.give(EVERYBODY, ...names);
    await story().finally(() => grants.take(EVERYBODY, ...names));
  };

  it('strangers see what Anonymous was granted, and nothing else', async () => {
    const [shown, hidden] = [await someProduct(test), await someProduct(test)];
    await grants.grant(EVERYBODY, shown, view);
    expect((await stranger.read(shown)).body).toMatchObject({ id: shown, ...BELL });
    const listed = await stranger.everyProduct();
    expect(listed).toContain(shown);
    expect(listed).not.toContain(hidden);
    expectProblem(await stranger.read(hidden), 401, 'not_authenticated');
    expectProblem(await stranger.read(uuidv7()), 401, 'not_authenticated');
  });

  it('whoever is signed in sees it, too, and is told of the rest as ever', async () => {
    const [shown, hidden] = [await someProduct(test), await someProduct(test)];
    await grants.grant(EVERYBODY, shown, view);
    const ann = await shopper();
    expect((await ann.read(shown)).status).toBe(200);
    expect(await ann.everyProduct()).toContain(shown);
    expectProblem(await ann.change(shown), 403, 'permission_denied');
    expectProblem(await ann.read(hidden), 404, 'not_found');
    expect(await ann.everyProduct()).not.toContain(hidden);
  });

  it('ends for everybody at the next request', async () => {
    const id = await someProduct(test);
    const ann = await shopper();
    await grants.grant(EVERYBODY, id, view);
    expect([(await stranger.read(id)).status, (await ann.read(id)).status]).toEqual([200, 200]);
    await grants.revoke(EVERYBODY, id, view);
    expectProblem(await stranger.read(id), 401, 'not_authenticated');
    expectProblem(await ann.read(id), 404, 'not_found');
    expect(await stranger.everyProduct()).not.toContain(id);
  });

  it('strangers write nothing that they were not given', async () => {
    const id = await someProduct(test);
    await grants.grant(EVERYBODY, id, view);
    await changingNoRow(test, async () => {
      expectProblem(await stranger.add(), 401, 'not_authenticated');
      expectProblem(await stranger.change(id), 401, 'not_authenticated');
      expectProblem(await stranger.remove(id), 401, 'not_authenticated');
      expectProblem(await stranger.review(id), 401, 'not_authenticated');
    });
  });

  it('strangers change what they were given to change, but add nothing: nobody would answer for it', async () => {
    const id = await someProduct(test);
    await grants.grant(EVERYBODY, id, view, change);
    expect((await stranger.change(id, { price: 7 })).body).toMatchObject({ price: 7 });
    await whileGiven([add, reviews.add], async () => {
      await changingNoRow(test, async () => {
        expectProblem(await stranger.add(), 401, 'not_authenticated');
        expectProblem(await stranger.review(id), 401, 'not_authenticated');
      });
      expect((await (await shopper()).add()).status).toBe(201);
    });
  });

  it('what is given on all products is seen by all, list and details', async () => {
    const [first, second] = [await someProduct(test), await someProduct(test)];
    await whileGiven([view], async () => {
      expect(await stranger.everyProduct(1)).toEqual(expect.arrayContaining([first, second]));
      expect((await stranger.read(second)).status).toBe(200);
      expect((await stranger.reviewsOf(second)).body).toEqual({ items: [], nextCursor: null });
    });
    expectProblem(await stranger.read(second), 401, 'not_authenticated');
  });

  it('a credential that is no good is no stranger', async () => {
    const id = await someProduct(test);
    await grants.grant(EVERYBODY, id, view);
    const forger = new Shopper(make.client.as('eyJhbGciOiJub25lIn0.e30.'));
    expectProblem(await forger.read(id), 401, 'invalid_token');
    expectProblem(await forger.list(), 401, 'invalid_token');
  });
});
