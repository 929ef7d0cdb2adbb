import { v7 as uuidv7 } from 'uuid';
import type { ResourceName } from '../../src/access/permission-name.js';
import { Product } from '../../src/catalog/products/product.entity.js';
import { Review } from '../../src/catalog/reviews/review.entity.js';
import { Group } from '../../src/permissions/holding/group.entity.js';
import { Make } from './make.js';
import { makeServiceAccount } from './service-accounts.js';
import type { TestApp } from './test-app.js';

/** A thing of some kind, and what the parameters of a route say to name it. */
export interface Thing {
  readonly id: string;
  readonly params: Readonly<Record<string, string>>;
}

type Maker = (test: TestApp) => Promise<Thing>;

/**
 * Makes one of each kind of thing that permissions are granted on. Whoever adds a kind adds a line: the harness that
 * asks every route as every kind of caller fails without it.
 */
export const MAKERS: Readonly<Record<ResourceName, Maker>> = {
  'users.user': async (test) => {
    const { user } = await new Make(test).user();
    return { id: user.id, params: { id: user.id } };
  },
  'service_accounts.service_account': async (test) => {
    const { id } = await makeServiceAccount(test);
    return { id, params: { id } };
  },
  'permissions.group': async (test) => {
    const id = uuidv7();
    const now = test.clock.now();
    await test.database
      .getRepository(Group)
      .insert({ id, name: id, nameCanonical: id, createdAt: now, updatedAt: now });
    return { id, params: { id } };
  },
  'catalog.product': async (test) => {
    const id = await someProduct(test);
    return { id, params: { id } };
  },
  'catalog.review': async (test) => {
    const [id, productId] = [uuidv7(), await someProduct(test)];
    const { user } = await new Make(test).user();
    const said = { rating: 5, body: 'It does ring.' };
    const now = test.clock.now();
    await test.database
      .getRepository(Review)
      .insert({ id, productId, authorId: user.id, ...said, createdAt: now, updatedAt: now });
    return { id, params: { productId, id } };
  },
};

async function someProduct(test: TestApp): Promise<string> {
  const id = uuidv7();
  const said = { name: 'Tram bell', description: 'Rings twice.', price: 4900, currency: 'EUR' };
  const now = test.clock.now();
  await test.database
    .getRepository(Product)
    .insert({ id, ...said, createdAt: now, updatedAt: now });
  return id;
}
