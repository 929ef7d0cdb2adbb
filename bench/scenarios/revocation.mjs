import { randomBytes } from 'node:crypto';
import { NestFactory } from '@nestjs/core';
import { DataSource } from 'typeorm';
import { AppModule } from '../../dist/app.module.js';
import { readSettings } from '../../dist/config/settings.js';
import { AccessTokensService } from '../../dist/sessions/access-tokens.service.js';
import { SessionsService } from '../../dist/sessions/sessions.service.js';
import { UsersService } from '../../dist/users/users.service.js';
import { ownDatabase } from '../lib/database.mjs';
import { startGatehouse } from '../lib/gatehouse.mjs';

const ROUNDS = 1000;
const AT_ONCE = 50;
const DEVICE = { ip: null, userAgent: 'bench', name: null, transport: 'token' };

/**
 * Two nodes on one database. Somebody signs out on the first; how long until the second, which had remembered her,
 * refuses her? From the first one's answer to the first 401. The bar is 50 ms for 99 of 100, one after the other.
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
    const rows = [];
    for (const [name, atOnce] of [
      ['one after the other', 1],
      [`${AT_ONCE} at once`, AT_ONCE],
    ]) {
      const times = [];
      while (times.length < ROUNDS) {
        const batch = Array.from({ length: atOnce }, revoke);
        times.push(...(await Promise.all(batch)));
      }
      rows.push({ name, ...percentiles(times) });
    }
    console.table(rows);
    return { rounds: ROUNDS, rows };
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
    const { row } = await find(SessionsService).open(user, ['pwd'], DEVICE);
    const headers = { authorization: `Bearer ${find(AccessTokensService).issue(row).token}` };
    const me = async () => (await fetch(`${second}/v1/users/me`, { headers })).status;
    if ((await me()) !== 200) throw new Error('She is not signed in');
    await fetch(`${first}/v1/auth/logout`, { method: 'POST', headers });
    const ended = performance.now();
    while ((await me()) !== 401);
    return performance.now() - ended;
  };
}

function percentiles(times) {
  const sorted = times.toSorted((x, y) => x - y);
  const at = (share) => sorted[Math.ceil(share * sorted.length) - 1].toFixed(1);
  return { p50: at(0.5), p99: at(0.99), longest: at(1) };
}
