import { fork } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { ownDatabase } from '../lib/database.mjs';
import { stop } from '../lib/load.mjs';

const PORT = 4111;
const BASE = `http://127.0.0.1:${PORT}`;
const AT_ONCE = 64;
/** Signed-in requests that are under way at once. */
const READERS = 4;
const SECONDS = 10;

const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE + READERS });
const call = (method, path, headers = {}, body = undefined) =>
  new Promise((resolve, reject) => {
    const sent = request(`${BASE}${path}`, { method, agent, headers }, (answer) => {
      answer.resume();
      answer.on('end', () => resolve(answer.statusCode));
    });
    sent.on('error', reject);
    sent.end(body);
  });

/** Milliseconds that GET /v1/users/me takes at the 99th percentile. */
async function readFor(seconds, headers) {
  const took = [];
  const end = performance.now() + seconds * 1000;
  const reader = async () => {
    while (performance.now() < end) {
      const began = performance.now();
      const status = await call('GET', '/v1/users/me', headers);
      if (status !== 200) throw new Error(`GET /v1/users/me answered ${status}`);
      took.push(performance.now() - began);
    }
  };
  await Promise.all(Array.from({ length: READERS }, reader));
  took.sort((a, b) => a - b);
  return took[Math.floor(took.length * 0.99)];
}

/** Sign-ins, 64 at once, each for another account; `address` tells from where the nth comes. */
function flood(address) {
  const statuses = {};
  let over = false;
  let n = 0;
  const one = async () => {
    while (!over) {
      const i = n++;
      const headers = { 'content-type': 'application/json', 'x-forwarded-for': address(i) };
      const body = JSON.stringify({ email: `u${i}@example.com`, password: 'not the right one' });
      const status = await call('POST', '/v1/auth/login', headers, body);
      statuses[status] = (statuses[status] ?? 0) + 1;
    }
  };
  const all = Promise.all(Array.from({ length: AT_ONCE }, one));
  return async () => {
    over = true;
    await all;
    return statuses;
  };
}

/** Whoever is signed in does not feel a flood of sign-ins: p99 of GET /v1/users/me at most three times the idle one. */
export async function floodOfSignIns() {
  const database = await ownDatabase();
  const child = fork('bench/servers/signed-in.mjs', {
    execArgv: ['--max-semi-space-size=4'],
    env: {
      ...process.env,
      PORT: `${PORT}`,
      DATABASE_URL: database.url,
      DATA_DIR: database.dataDir,
      TRUST_PROXY: '1',
    },
    stdio: ['ignore', openSync(join(database.dataDir, 'server.log'), 'a'), 'inherit', 'ipc'],
  });
  try {
    const [{ cookie }] = await once(child, 'message');
    await readFor(3, { cookie });
    const idle = await readFor(SECONDS, { cookie });
    const rows = [];
    for (const [from, address] of [
      ['one address', () => '203.0.113.7'],
      ['an address each', (i) => `10.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}`],
    ]) {
      const end = flood(address);
      const p99 = await readFor(SECONDS, { cookie });
      const answers = JSON.stringify(await end());
      rows.push({
        from,
        'idle p99 ms': round(idle),
        'p99 ms': round(p99),
        ratio: round(p99 / idle),
        answers,
      });
    }
    console.table(rows);
    return { rows };
  } finally {
    await stop(child);
    await database.close();
  }
}

const round = (value) => Math.round(value * 100) / 100;
