import { v7 as uuidv7 } from 'uuid';
import { products } from '../../src/catalog/products/product.entity.js';
import { reviews } from '../../src/catalog/reviews/review.entity.js';
import { BELL, PRAISE, Shopper } from '../support/catalog.js';
import { Grants, userHolder } from '../support/grants.js';
import { behindItsBack } from '../support/heard.js';
import { Make } from '../support/make.js';
import { complaintsOf, expectProblem } from '../support/problems.js';
import { changingNoRow } from '../support/rows.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const { add, change, view } = products;
const remove = products.delete;

describe('A product', () => {
  let test: TestApp;
  let make: Make;
  let grants: Grants;

  beforeAll(async () => {
    test = await startTestApp();
    make = new Make(test);
    grants = new Grants(test);
  });
  afterAll(() => test.close());

  const shopper = async (given = {}) => {
    const made = await make.signedIn(given);
    return { ...made, shop: new Shopper(made.client), holder: userHolder(made.user) };
  };
  const seller = async () => {
    const made = await shopper();
    await grants.give(made.holder, add);
    return made;
  };
  const someProduct = async () => {
    const owner = await seller();
    const { body } = await owner.shop.add();
    return { owner, id: body.id };
  };

  it('belongs to whoever adds it: she may view, change and delete it, and nobody else', async () => {
    const [ann, bob] = [await seller(), await seller()];
    const { status, body } = await ann.shop.add();
    expect(status).toBe(201);
    expect(body).toEqual({
      ...BELL,
      id: expect.any(String) as string,
      createdAt: expect.stringMatching(/^\d{4}-.*Z$/) as string,
      updatedAt: body.createdAt,
    });
    expect((await ann.shop.read(body.id)).body).toEqual(body);
    expect((await ann.shop.list()).body).toEqual({ items: [body], nextCursor: null });

    expect((await bob.shop.list()).body).toEqual({ items: [], nextCursor: null });
    await changingNoRow(test, async () => {
      expectProblem(await bob.shop.read(body.id), 404, 'not_found');
      expectProblem(await bob.shop.change(body.id), 404, 'not_found');
      expectProblem(await bob.shop.remove(body.id), 404, 'not_found');
    });
    expect((await ann.shop.change(body.id, { price: 100 })).body).toMatchObject({ price: 100 });
    expect((await ann.shop.remove(body.id)).status).toBe(204);
    expectProblem(await ann.shop.read(body.id), 404, 'not_found');
    expectProblem(await ann.shop.remove(body.id), 404, 'not_found');
  });

  /** Who holds what, and what each route answers: list (does she see it?), add, read, change, delete. */
  it.each<[string, string[], string[], (boolean | number)[]]>([
    ['nothing', [], [], [false, 403, 404, 404, 404]],
    ['to view this one', [], [view], [true, 403, 200, 403, 403]],
    ['to change this one, but not to view it', [], [change], [false, 403, 404, 200, 404]],
    ['to view and change this one', [], [view, change], [true, 403, 200, 200, 403]],
    ['to view and delete this one', [], [view, remove], [true, 403, 200, 403, 204]],
    ['to view all', [view], [], [true, 403, 200, 403, 403]],
    ['to change all, but to view none', [change], [], [false, 403, 404, 200, 404]],
    ['to view all, to change this one', [view], [change], [true, 403, 200, 200, 403]],
    ['to add', [add], [], [false, 201, 404, 404, 404]],
    ['everything', [add, view, change, remove], [], [true, 201, 200, 200, 204]],
    ['everything on reviews', Object.values(reviews), [], [false, 403, 404, 404, 404]],
  ])('answers who holds %s as the rules say', async (_, onAll, onThis, expected) => {
    const { id } = await someProduct();
    const { shop, holder } = await shopper();
    await grants.give(holder, ...(onAll as never[]));
    await grants.grant(holder, id, ...(onThis as never[]));
    const listed = (await shop.everyProduct()).includes(id);
    const answers = [await shop.add(), await shop.read(id), await shop.change(id)];
    const statuses = [...answers, await shop.remove(id)].map(({ status }) => status);
    expect([listed, ...statuses]).toEqual(expected);
  });

  it('is closed to strangers and open to superusers, as all others are', async () => {
    const { id } = await someProduct();
    const stranger = new Shopper(make.client);
    expectProblem(await stranger.list(), 401, 'not_authenticated');
    expectProblem(await stranger.add(), 401, 'not_authenticated');
    expectProblem(await stranger.read(id), 401, 'not_authenticated');
    expectProblem(await stranger.read(uuidv7()), 401, 'not_authenticated');
    expectProblem(await stranger.change(id), 401, 'not_authenticated');
    expectProblem(await stranger.remove(id), 401, 'not_authenticated');
    const { shop } = await shopper({ isSuperuser: true });
    expect(await shop.everyProduct()).toContain(id);
    expect((await shop.change(id)).status).toBe(200);
    expect((await shop.remove(id)).status).toBe(204);
    expectProblem(await shop.read(id), 404, 'not_found');
  });

  it('is in the list of exactly those who can read it, whichever way they may', async () => {
    const { id, owner } = await someProduct();
    const { id: another } = await someProduct();
    const [byGroup, byModel, byGroupModel] = [await shopper(), await shopper(), await shopper()];
    const [readers, all] = [await grants.someGroup(), await grants.someGroup()];
    await grants.grant(readers, id, view);
    await grants.join(readers, byGroup.holder);
    await grants.give(byModel.holder, view);
    await grants.give(all, view);
    await grants.join(all, byGroupModel.holder);
    for (const { shop } of [owner, byGroup, byModel, byGroupModel, await shopper()]) {
      const listed = await shop.everyProduct(1);
      for (const each of [id, another]) {
        expect((await shop.read(each)).status).toBe(listed.includes(each) ? 200 : 404);
      }
    }
    expect(await byGroup.shop.everyProduct(1)).toEqual([id]);
  });

  it('is out of reach at the next request when it is given to somebody else (J10)', async () => {
    const { id, owner } = await someProduct();
    const heir = await shopper();
    expect((await owner.shop.read(id)).status).toBe(200);
    await grants.revoke(owner.holder, id, view, change, remove);
    await grants.grant(heir.holder, id, view, change, remove);
    expectProblem(await owner.shop.read(id), 404, 'not_found');
    expectProblem(await owner.shop.change(id), 404, 'not_found');
    expectProblem(await owner.shop.remove(id), 404, 'not_found');
    expect(await owner.shop.everyProduct()).toEqual([]);
    expect(await heir.shop.everyProduct()).toEqual([id]);
    expect((await heir.shop.change(id)).status).toBe(200);
  });

  it('is nothing to who is not active any more, owner or not', async () => {
    const { id, owner } = await someProduct();
    await behindItsBack(test, 'UPDATE users SET is_active = false WHERE id = $1', [owner.user.id]);
    expectProblem(await owner.shop.list(), 401, 'invalid_token');
    expectProblem(await owner.shop.read(id), 401, 'invalid_token');
    expectProblem(await owner.shop.remove(id), 401, 'invalid_token');
  });

  it('is refused field by field when it is wrong, and nothing changes', async () => {
    const { id, owner } = await someProduct();
    await changingNoRow(test, async () => {
      const wrong = { name: ' ', description: '\u202e', price: 1.5, currency: 'euro' };
      const refused = ['name too_short', 'description invalid_characters', 'price out_of_range'];
      for (const answer of [await owner.shop.add(wrong), await owner.shop.change(id, wrong)]) {
        expectProblem(answer, 400, 'validation_failed');
        expect(complaintsOf(answer)).toEqual([...refused, 'currency too_long']);
      }
      const foreign = { ...BELL, id, ownerId: id, createdAt: '2020-01-01T00:00:00.000Z' };
      expect(complaintsOf(await owner.shop.add(foreign))).toEqual([
        ...['id unknown_field', 'ownerId unknown_field', 'createdAt unknown_field'],
      ]);
      for (const price of [-1, 2 ** 31, 0.5, 1e21]) {
        expect(complaintsOf(await owner.shop.change(id, { price }))).toEqual([
          'price out_of_range',
        ]);
      }
      expect(complaintsOf(await owner.shop.change(id, { name: null }))).toEqual([
        'name invalid_type',
      ]);
      expect((await owner.shop.change(id, {})).body).toMatchObject(BELL);
    });
  });

  it('is added with its rights, or not at all', async () => {
    const { shop } = await seller();
    await behindItsBack(
      test,
      `ALTER TABLE object_permissions ADD CONSTRAINT no_more CHECK (false) NOT VALID`,
    );
    try {
      await changingNoRow(test, async () => {
        expect((await shop.add()).status).toBe(500);
      });
    } finally {
      await behindItsBack(test, 'ALTER TABLE object_permissions DROP CONSTRAINT no_more');
    }
    expect((await shop.add()).status).toBe(201);
  });

  describe('that is deleted', () => {
    const shared = async () => {
      const { id, owner } = await someProduct();
      const reader = await shopper();
      await grants.grant(reader.holder, id, view);
      await grants.grant(await grants.someGroup(), id, change);
      await grants.give(reader.holder, reviews.add);
      const { body } = await reader.shop.review(id, PRAISE);
      expect(await grants.on(body.id)).toHaveLength(3);
      return { id, owner, reader, reviewId: body.id };
    };

    it('takes the rights on it along, and its reviews with theirs', async () => {
      const { id, owner, reviewId } = await shared();
      expect(await grants.on(id)).toHaveLength(5);
      expect((await owner.shop.remove(id)).status).toBe(204);
      expect([...(await grants.on(id)), ...(await grants.on(reviewId))]).toEqual([]);
    });

    it('does so by SQL, too, and keeps them when the deletion is taken back', async () => {
      const { id, reviewId } = await shared();
      await expect(
        test.database.transaction(async (manager) => {
          await manager.query('DELETE FROM catalog_products WHERE id = $1', [id]);
          throw new Error('changed my mind');
        }),
      ).rejects.toThrow('changed my mind');
      expect(await grants.on(id)).toHaveLength(5);
      await behindItsBack(test, 'DELETE FROM catalog_products WHERE id = $1', [id]);
      expect([...(await grants.on(id)), ...(await grants.on(reviewId))]).toEqual([]);
    });

    it('does so when the table is emptied, and other kinds of things keep theirs', async () => {
      const { id, owner, reviewId } = await shared();
      await grants.grant(owner.holder, owner.user.id, 'users.view_user');
      await behindItsBack(test, 'TRUNCATE catalog_products CASCADE');
      expect([...(await grants.on(id)), ...(await grants.on(reviewId))]).toEqual([]);
      expect(await grants.on(owner.user.id)).toEqual(['users.view_user']);
    });

    it('leaves nothing to another one of the same id (T59)', async () => {
      const { id, owner, reader } = await shared();
      expect((await reader.shop.read(id)).status).toBe(200);
      await owner.shop.remove(id);
      await behindItsBack(
        test,
        `INSERT INTO catalog_products VALUES ($1, 'Another', '', 1, 'EUR', now(), now())`,
        [id],
      );
      for (const { shop } of [owner, reader]) {
        expectProblem(await shop.read(id), 404, 'not_found');
        expect(await shop.everyProduct()).not.toContain(id);
      }
    });
  });
});
