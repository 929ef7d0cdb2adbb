import { randomBytes } from 'node:crypto';
import { NestFactory } from '@nestjs/core';
import { DataSource } from 'typeorm';
import { AppModule } from '../../dist/app.module.js';
import { ProductsService } from '../../dist/catalog/products/products.service.js';
import { products } from '../../dist/catalog/products/product.entity.js';
import { readSettings } from '../../dist/config/settings.js';
import { RightsService } from '../../dist/permissions/holding/rights.service.js';
import { AccessTokensService } from '../../dist/sessions/access-tokens.service.js';
import { SessionsService } from '../../dist/sessions/sessions.service.js';
import { UsersService } from '../../dist/users/users.service.js';
import { ownDatabase } from '../lib/database.mjs';
import { inBlocks, percentile, round } from '../lib/figures.mjs';
import { startGatehouse } from '../lib/gatehouse.mjs';
import { rounds } from '../lib/size.mjs';

const TIMES = 200 * rounds(5);
const ABOUT =
  'Two nodes on one database: milliseconds from the answer of the one that revoked until the other refuses, for 99 of 100.';
const AT_ONCE = 50;
const DEVICE = { ip: null, userAgent: 'bench', name: null, transport: 'token' };

/**
 * Two nodes on one database. Somebody signs out on the first; how long until the second, which had remembered her,
 * refuses her? From the first one's answer to the first 401. The bar is 50 ms for 99 of 100, one after the other. The
 * same of rights, from the commit of what takes them away to the first 404 of the object.
 */
export async function revocation() {
  const database = await ownDatabase();
  const env = {
    DATABASE_URL: database.url,
    SECRET_KEYS: randomBytes(32).toString('base64'),
    PUBLIC_URL: 'http://localhost:3000',
    LOG_LEVEL: 'error',
  };
  const nodes = [];
  let house;
  try {
    for (const port of [4120, 4121]) nodes.push(await startGatehouse({ port, env }));
    house = await NestFactory.createApplicationContext(
      AppModule.with(readSettings(env), database.url),
      { logger: false },
    );
    const [a, b] = nodes;
    const revoke = await someone(house, a.base, b.base);
    const rights = await rightsOf(house, b.base);
    const rows = [];
    for (const [name, atOnce, revokeOne] of [
      ['sessions, one after the other', 1, revoke],
      [`sessions, ${AT_ONCE} at once`, AT_ONCE, revoke],
      ['grants, one after the other', 1, rights.grant],
      [`grants, ${AT_ONCE} at once`, AT_ONCE, rights.grant],
      ['memberships, one after the other', 1, rights.membership],
      [`memberships, ${AT_ONCE} at once`, AT_ONCE, rights.membership],
    ]) {
      const times = [];
      while (times.length < TIMES) {
        const batch = Array.from({ length: atOnce }, revokeOne);
        times.push(...(await Promise.all(batch)));
      }
      rows.push({ name, ...percentiles(times), ...(atOnce === 1 && { bar: { atMost: 50 } }) });
    }
    return { about: ABOUT, times: TIMES, rows };
  } finally {
    await house?.close();
    for (const node of nodes) await node.stop();
    await database.close();
  }
}

async function someone(house, first, second) {
  const find = (type) => house.get(type, { strict: false });
  const users = find(UsersService);
  const given = { email: 'ann@example.com', passwordHash: null, emailVerified: true };
  const created = await find(DataSource).transaction((manager) => users.create(manager, given));
  return async () => {
    const user = await users.get(created.id);
    const { row } = await find(SessionsService).open(user, { methods: ['pwd'] }, DEVICE);
    const headers = { authorization: `Bearer ${find(AccessTokensService).issue(row).token}` };
    const me = async () => (await fetch(`${second}/v1/users/me`, { headers })).status;
    if ((await me()) !== 200) throw new Error('She is not signed in');
    await fetch(`${first}/v1/auth/logout`, { method: 'POST', headers });
    const ended = performance.now();
    while ((await me()) !== 401);
    return performance.now() - ended;
  };
}

/** Each makes somebody who may view a product, takes that away, and measures. */
async function rightsOf(house, second) {
  const find = (type) => house.get(type, { strict: false });
  const [dataSource, users, rights] = [find(DataSource), find(UsersService), find(RightsService)];
  const write = (work) => dataSource.transaction(work);
  let count = 0;
  const somebody = async () => {
    const email = `reader${(count += 1)}@example.com`;
    const given = { email, passwordHash: null, emailVerified: true };
    const { id } = await write((manager) => users.create(manager, given));
    const { row } = await find(SessionsService).open(
      await users.get(id),
      { methods: ['pwd'] },
      DEVICE,
    );
    return { id, authorization: `Bearer ${find(AccessTokensService).issue(row).token}` };
  };
  const { id: maker } = await somebody();
  const given = { name: 'A tram', description: '', price: 100, currency: 'EUR' };
  const product = await find(ProductsService).create({ user: { id: maker } }, given);
  const [{ id: group }] = await dataSource.query(
    "INSERT INTO groups (id, name, name_canonical, created_at, updated_at) VALUES (uuidv7(), 'readers', 'readers', now(), now()) RETURNING id",
  );
  await write((manager) =>
    rights.grant(manager, { type: 'group', id: group }, products.view, product.id),
  );
  const measured = (give, take) => async () => {
    const { id, authorization } = await somebody();
    await write((manager) => give(manager, id));
    const read = async () => {
      const url = `${second}/v1/catalog/products/${product.id}`;
      return (await fetch(url, { headers: { authorization } })).status;
    };
    while ((await read()) !== 200);
    await write((manager) => take(manager, id));
    const ended = performance.now();
    while ((await read()) !== 404);
    return performance.now() - ended;
  };
  const holder = (id) => ({ type: 'user', id });
  return {
    grant: measured(
      (manager, id) => rights.grant(manager, holder(id), products.view, product.id),
      (manager, id) => rights.revoke(manager, holder(id), products.view, product.id),
    ),
    membership: measured(
      (manager, id) => rights.addMember(manager, group, id),
      (manager, id) => rights.removeMember(manager, group, id),
    ),
  };
}

function percentiles(times) {
  const p99 = (some) => round(percentile(some, 0.99));
  const blocks = inBlocks(times).map(p99);
  return {
    value: p99(times),
    unit: 'ms',
    spread: [Math.min(...blocks), Math.max(...blocks)],
    p50: round(percentile(times, 0.5)),
    longest: round(Math.max(...times)),
  };
}
