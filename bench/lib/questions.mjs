import { Product, products } from '../../dist/catalog/products/product.entity.js';
import { PAGE } from './house.mjs';

/** Milliseconds in the large world; `growth`: how many times those of the small one. */
export const BARS = { check: 2, page: 20, growth: 3 };

export const pick = (list, i) => list[i % list.length];

/** Nothing is remembered. */
export const forget = ({ news }) => {
  news.hear('holdings');
  news.hear('object_permissions');
};
const check = (which) => (house, i) => {
  const { asker, object } = which(house, i);
  return house.permissions.allows(asker, products.view, object);
};
const query = ({ dataSource }) => dataSource.getRepository(Product).createQueryBuilder('product');
const page = (who, cursorIn) => (house) =>
  house.permissions.visiblePage(query(house), house[who], products.view, {
    limit: PAGE,
    ...(cursorIn && { cursor: house.middle[cursorIn] }),
  });
const visible = (who, shape) => async (house) => {
  const narrowed = await house.permissions.visible(query(house), house[who], products.view);
  return shape(narrowed);
};
const byName = (narrowed) => narrowed.orderBy('product.name').limit(PAGE).getMany();
const counted = (narrowed) => narrowed.getCount();

/** Each with nothing in memory. `bar`: milliseconds in the large world; the median, for other work disturbs the rest. */
export const READS = {
  'check: granted to the user': { work: check(({ own }, i) => pick(own, i)), bar: BARS.check },
  'check: granted to a group': { work: check(({ shared }, i) => pick(shared, i)), bar: BARS.check },
  'check: not granted': { work: check(({ others }, i) => pick(others, i)), bar: BARS.check },
  'check: an object with 10,000 grants': {
    work: check(({ others, popular }, i) => ({ asker: pick(others, i).asker, object: popular })),
    bar: BARS.check,
  },
  'check: held on all objects': {
    work: (house) => house.permissions.allows(house.holder, products.view, house.popular),
    bar: BARS.check,
  },
  'visiblePage 1, a million grants': { work: page('reader'), bar: BARS.page },
  'visiblePage 10,000, a million grants': { work: page('reader', 'reader'), bar: BARS.page },
  'visiblePage 1, ten grants': { work: page('ten'), bar: BARS.page },
  'visiblePage 1, held on all objects': { work: page('holder'), bar: BARS.page },
  'visiblePage 10,000, held on all objects': { work: page('holder', 'holder'), bar: BARS.page },
};

/** The questions of `/v1/authorization`, from the tables. */
export const ASKING = {
  'a hundred questions about others': ({ decisions, others }) =>
    decisions.decide(
      others.slice(0, 100).map(({ asker, object }) => ({
        subject: { type: 'user', id: asker.user.id },
        permission: products.view,
        objectId: object,
      })),
    ),
  'who may view an object with 10,000 grants, page 1': ({ subjects, popular }) =>
    subjects.page({ permission: products.view, objectId: popular }, { limit: PAGE }),
  'which of a million may somebody view, page 1': ({ objects, holder, reader }) =>
    objects.page(
      holder,
      { subject: { type: 'user', id: reader.user.id }, permission: products.view },
      { limit: PAGE },
    ),
};

/** The rule in any query: as much work as there are grants. Not remembered, and no bar. */
export const QUERIES = {
  'visible() by name, ten grants': visible('ten', byName),
  'visible() by name, held on all': visible('holder', byName),
  'visible() by name, a million grants': visible('reader', byName),
  'visible() counted, ten grants': visible('ten', counted),
  'visible() counted, a million grants': visible('reader', counted),
};
