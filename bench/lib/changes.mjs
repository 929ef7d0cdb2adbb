import { products } from '../../dist/catalog/products/product.entity.js';
import { pick } from './questions.mjs';

const deleteFrom = (table) => (_house, manager, id) =>
  manager.query(`DELETE FROM ${table} WHERE id = $1`, [id]);

/** Each is taken back. */
export const WRITES = {
  'an object is deleted with its grants': {
    rounds: 50,
    prepare: ({ others }, round) => pick(others, round).object,
    work: deleteFrom('catalog_products'),
  },
  'an object with 10,000 grants is deleted': {
    rounds: 3,
    prepare: ({ popular }) => popular,
    work: deleteFrom('catalog_products'),
  },
  '100,000 objects are deleted in one statement': {
    rounds: 1,
    prepare: () => undefined,
    work: ({ size }, manager) =>
      manager.query(
        `DELETE FROM catalog_products WHERE id IN (SELECT world_id('product', n) FROM generate_series(2, $1::bigint) AS n)`,
        [size.objects / 100],
      ),
  },
  'a grant is made': {
    rounds: 50,
    prepare: ({ others }, round) => pick(others, round),
    work: ({ rights }, manager, { asker, object }) =>
      rights.grant(manager, { type: 'user', id: asker.user.id }, products.delete, object),
  },
  'a grant is revoked': {
    rounds: 50,
    prepare: ({ own }, round) => pick(own, round),
    work: ({ rights }, manager, { asker, object }) =>
      rights.revoke(manager, { type: 'user', id: asker.user.id }, products.view, object),
  },
  'a member is added': {
    rounds: 50,
    prepare: async (house, round) => ({
      group: await house.id('group', 2),
      ...pick(house.others, round),
    }),
    work: ({ rights }, manager, { group, asker }) =>
      rights.addMember(manager, group, asker.user.id),
  },
  'a group is put into another': {
    rounds: 20,
    prepare: async (house) => [
      await house.id('group', 1),
      await house.id('group', house.size.groups + 1),
    ],
    work: ({ rights }, manager, [one, another]) => rights.include(manager, one, another),
  },
  'a group of 100,000 members is deleted': {
    rounds: 3,
    prepare: (house) => house.id('group', house.size.groups + 1),
    work: deleteFrom('groups'),
  },
  'a group with 100,000 grants is deleted': {
    rounds: 3,
    prepare: (house) => house.id('group', house.size.groups + 3),
    work: deleteFrom('groups'),
  },
  'a user is deleted': {
    rounds: 20,
    prepare: ({ others }, round) => pick(others, round).asker.user.id,
    work: deleteFrom('users'),
  },
};
