import { fork } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { compare } from '../lib/compare.mjs';
import { ownDatabase } from '../lib/database.mjs';
import { pinned, stop } from '../lib/load.mjs';

const PORT = 4112;
const ABOUT =
  'A read of one object that the caller was granted, against the same read on a public route: both ask the database for the object, and for nothing else.';
const BASE = `http://127.0.0.1:${PORT}`;

/**
 * GET /v1/catalog/products/:id by somebody who was granted that product, against the same read on a public route. Both
 * ask the database for the product, and for nothing else. The bar is 0.7.
 */
export async function objectRead() {
  const database = await ownDatabase();
  const [program, ...args] = pinned(0, [process.execPath]);
  const child = fork('bench/servers/object-read.mjs', {
    execPath: program,
    execArgv: [...args, '--max-semi-space-size=4'],
    env: {
      ...process.env,
      PORT: `${PORT}`,
      DATABASE_URL: database.url,
      DATA_DIR: database.dataDir,
      ACCESS_TOKEN_TTL: '3600',
    },
    stdio: ['ignore', openSync(join(database.dataDir, 'server.log'), 'a'), 'inherit', 'ipc'],
  });
  try {
    const [{ id, cookie, authorization }] = await once(child, 'message');
    console.log(`Load of the machine: ${loadavg()[0].toFixed(1)}`);
    const url = `${BASE}/v1/catalog/products/${id}`;
    const bar = { atLeast: 0.7 };
    const result = compare([
      { name: 'the same read without a guard', url: `${BASE}/v1/open/${id}` },
      { name: 'with an object grant, by cookie', url, headers: { cookie }, bar },
      { name: 'with an object grant, by token', url, headers: { authorization }, bar },
    ]);
    return { about: ABOUT, ...result };
  } finally {
    await stop(child);
    await database.close();
  }
}
