import { v7 as uuidv7 } from 'uuid';
import { products } from '../../src/catalog/products/product.entity.js';
import { reviews } from '../../src/catalog/reviews/review.entity.js';
import { PRAISE, Shopper } from '../support/catalog.js';
import { Grants, userHolder } from '../support/grants.js';
import { behindItsBack } from '../support/heard.js';
import { Make } from '../support/make.js';
import { complaintsOf, expectProblem } from '../support/problems.js';
import { changingNoRow } from '../support/rows.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const { add, change, view } = reviews;
const remove = reviews.delete;

describe('A review, which belongs to a product', () => {
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
  const someProduct = async () => {
    const owner = await shopper();
    await grants.give(owner.holder, products.add);
    const { body } = await owner.shop.add();
    return { owner, productId: body.id };
  };
  /** Somebody who may view the product and review it. */
  const reviewer = async (productId: string) => {
    const made = await shopper();
    await grants.give(made.holder, add);
    await grants.grant(made.holder, productId, products.view);
    return made;
  };
  const someReview = async () => {
    const { owner, productId } = await someProduct();
    const author = await reviewer(productId);
    const { body } = await author.shop.review(productId);
    return { owner, author, productId, id: body.id };
  };

  it('belongs to its author, who is whoever is signed in', async () => {
    const { productId } = await someProduct();
    const { shop, user } = await reviewer(productId);
    const { status, body } = await shop.review(productId);
    expect(status).toBe(201);
    expect(body).toMatchObject({ ...PRAISE, productId, authorId: user.id });
    expect((await shop.readReview(productId, body.id)).body).toEqual(body);
    expect((await shop.reviewsOf(productId)).body).toEqual({ items: [body], nextCursor: null });
    expect((await shop.changeReview(productId, body.id)).body).toMatchObject({ rating: 1 });
    expect((await shop.removeReview(productId, body.id)).status).toBe(204);
    expectProblem(await shop.readReview(productId, body.id), 404, 'not_found');
    for (const [field, value] of [
      ['authorId', uuidv7()],
      ['productId', uuidv7()],
    ] as const) {
      expect(complaintsOf(await shop.review(productId, { ...PRAISE, [field]: value }))).toEqual([
        `${field} unknown_field`,
      ]);
    }
  });

  /** Whether the product may be viewed; what is held on reviews, on all and on this; the answers: is it listed (or the refusal), add, read, change, delete. */
  it.each<[string, boolean, string[], string[], (boolean | number)[]]>([
    ['nothing', false, [], [], [404, 403, 404, 404, 404]],
    ['the product alone', true, [], [], [false, 403, 404, 404, 404]],
    ['the product, to view this', true, [], [view], [true, 403, 200, 403, 403]],
    ['the product, to view all', true, [view], [], [true, 403, 200, 403, 403]],
    ['the product, to view and change', true, [], [view, change], [true, 403, 200, 200, 403]],
    ['the product, to add', true, [add], [], [false, 201, 404, 404, 404]],
    ['all of it', true, [add, view, change, remove], [], [true, 201, 200, 200, 204]],
    ['all but the product', false, [add, view, change, remove], [], [404, 404, 404, 404, 404]],
    ['all of this but the product', false, [], [view, change, remove], [404, 403, 404, 404, 404]],
  ])('answers who holds %s as the rules say', async (_, sees, onAll, onThis, expected) => {
    const { productId, id } = await someReview();
    const { shop, holder } = await shopper();
    if (sees) await grants.grant(holder, productId, products.view);
    await grants.give(holder, ...(onAll as never[]));
    await grants.grant(holder, id, ...(onThis as never[]));
    const list = await shop.reviewsOf(productId);
    const listed = list.status === 200 ? list.body.items.some((each) => each.id === id) : 404;
    const answers = [
      await shop.review(productId),
      await shop.readReview(productId, id),
      await shop.changeReview(productId, id),
      await shop.removeReview(productId, id),
    ];
    expect([listed, ...answers.map(({ status }) => status)]).toEqual(expected);
  });

  it('is closed to strangers and open to superusers', async () => {
    const { productId, id } = await someReview();
    const stranger = new Shopper(make.client);
    expectProblem(await stranger.reviewsOf(productId), 401, 'not_authenticated');
    expectProblem(await stranger.review(productId), 401, 'not_authenticated');
    expectProblem(await stranger.readReview(productId, id), 401, 'not_authenticated');
    expectProblem(await stranger.changeReview(productId, id), 401, 'not_authenticated');
    expectProblem(await stranger.removeReview(productId, id), 401, 'not_authenticated');
    const { shop } = await shopper({ isSuperuser: true });
    expect((await shop.reviewsOf(productId)).body.items).toHaveLength(1);
    expect((await shop.removeReview(productId, id)).status).toBe(204);
  });

  it('is not found under another product, whoever asks (J02)', async () => {
    const { productId, id, author } = await someReview();
    const { productId: another } = await someProduct();
    await grants.grant(author.holder, another, products.view);
    const { shop: superuser } = await shopper({ isSuperuser: true });
    for (const shop of [author.shop, superuser]) {
      await changingNoRow(test, async () => {
        for (const wrong of [another, uuidv7()]) {
          expectProblem(await shop.readReview(wrong, id), 404, 'not_found');
          expectProblem(await shop.changeReview(wrong, id), 404, 'not_found');
          expectProblem(await shop.removeReview(wrong, id), 404, 'not_found');
        }
      });
      expect((await shop.reviewsOf(another)).body.items).toEqual([]);
      expect((await shop.readReview(productId, id)).status).toBe(200);
    }
  });

  it('cannot be written under a product that one may not view, or that is not there (J13)', async () => {
    const { productId } = await someProduct();
    const { shop, holder } = await shopper();
    await grants.give(holder, add);
    const { shop: superuser } = await shopper({ isSuperuser: true });
    await changingNoRow(test, async () => {
      expectProblem(await shop.review(productId), 404, 'not_found');
      expectProblem(await shop.review(uuidv7()), 404, 'not_found');
      expectProblem(await superuser.review(uuidv7()), 404, 'not_found');
      expectProblem(await superuser.reviewsOf(uuidv7()), 404, 'not_found');
    });
  });

  it('goes out of reach with its product, and comes back with it', async () => {
    const { productId, id, author } = await someReview();
    await grants.revoke(author.holder, productId, products.view);
    expectProblem(await author.shop.reviewsOf(productId), 404, 'not_found');
    expectProblem(await author.shop.readReview(productId, id), 404, 'not_found');
    expectProblem(await author.shop.changeReview(productId, id), 404, 'not_found');
    expectProblem(await author.shop.removeReview(productId, id), 404, 'not_found');
    await grants.grant(author.holder, productId, products.view);
    expect((await author.shop.readReview(productId, id)).status).toBe(200);
  });

  it('is one of each author, also when she sends fifty at once', async () => {
    const { productId } = await someProduct();
    const { shop } = await reviewer(productId);
    const answers = await Promise.all(Array.from({ length: 50 }, () => shop.review(productId)));
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([201, ...Array.from({ length: 49 }, () => 409)]);
    expectProblem(await shop.review(productId), 409, 'already_reviewed');
    expect((await shop.reviewsOf(productId)).body.items).toHaveLength(1);
  });

  it('goes with its author, rights and all', async () => {
    const { id, author } = await someReview();
    expect(await grants.on(id)).toHaveLength(3);
    await behindItsBack(test, 'DELETE FROM users WHERE id = $1', [author.user.id]);
    expect(await grants.on(id)).toEqual([]);
  });

  it('is told to its author when she asks for what is held about her', async () => {
    const { id, author } = await someReview();
    const { body } = await author.client.get<{ reviews: unknown[] }>('/v1/users/me/export');
    expect(JSON.stringify(body)).toContain(id);
  });

  it('is listed page by page, of its product alone', async () => {
    const { productId, owner } = await someProduct();
    await someReview();
    const ids: string[] = [];
    for (let i = 0; i < 3; i++) {
      const { shop } = await reviewer(productId);
      ids.push((await shop.review(productId)).body.id);
    }
    await grants.give(owner.holder, view);
    const first = await owner.shop.reviewsOf(productId, '?limit=2');
    const cursor = first.body.nextCursor ?? '';
    const second = await owner.shop.reviewsOf(productId, `?limit=2&cursor=${cursor}`);
    const listed = [...first.body.items, ...second.body.items].map(({ id }) => id);
    expect(listed).toEqual(ids);
    expect(second.body.nextCursor).toBeNull();
  });

  it('finds nothing under ids that are none (J08)', async () => {
    const { productId, id } = await someReview();
    const { shop } = await shopper({ isSuperuser: true });
    const nil = '00000000-0000-0000-0000-000000000000';
    const none = [
      '7',
      '1e1',
      '%00',
      '%2e%2e%2f',
      "'",
      `{${id}}`,
      `urn:uuid:${id}`,
      `${id}%20`,
      nil,
    ];
    await changingNoRow(test, async () => {
      for (const wrong of none) {
        for (const answer of [
          await shop.read(wrong),
          await shop.change(wrong),
          await shop.remove(wrong),
          await shop.reviewsOf(wrong),
          await shop.review(wrong),
          await shop.readReview(wrong, id),
          await shop.readReview(productId, wrong),
          await shop.changeReview(wrong, id),
          await shop.removeReview(productId, wrong),
        ]) {
          expect([wrong, answer.status]).toEqual([wrong, 404]);
        }
      }
    });
    expect((await shop.readReview(productId.toUpperCase(), id.toUpperCase())).status).toBe(200);
  });
});
