import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { summed } from '../lib/figures.mjs';
import { residentMegabytes, start, stop } from '../lib/load.mjs';
import { rounds } from '../lib/size.mjs';

const PORT = 4120;
const BASE = `http://127.0.0.1:${PORT}`;
const ABOUT =
  '`npm start` on data that is there already, from the command to the first 200 of `/health/ready`, its PostgreSQL and all; and what the server process holds after 10,000 requests of several kinds.';
const JSON_HEADERS = { 'content-type': 'application/json' };

/**
 * `npm start` on existing data, from the command to the first 200 of readiness (bar: 2 s), and the resident
 * memory of the server process after 10,000 requests of several kinds (bar: 160 MB).
 */
export async function startAndMemory() {
  const dataDir = mkdtempSync(join(tmpdir(), 'gatehouse-bench-'));
  const seconds = [];
  const last = rounds(5);
  let megabytes;
  for (let round = 0; round <= last; round++) {
    const before = performance.now();
    const child = await start(
      [process.execPath, '--max-semi-space-size=4', 'scripts/gatehouse.mjs', 'start'],
      {
        env: { PORT: `${PORT}`, DATA_DIR: dataDir, BREACH_CHECK: 'off' },
        url: `${BASE}/health/ready`,
      },
    );
    if (round > 0) seconds.push((performance.now() - before) / 1000); // the first makes the data
    if (round === last) megabytes = await afterTenThousandRequests(child);
    await stop(child);
  }
  rmSync(dataDir, { recursive: true, force: true });
  return {
    about: ABOUT,
    rounds: last,
    rows: [
      { name: 'ready again', unit: 's', ...summed(seconds), bar: { atMost: 2 } },
      {
        name: 'memory after 10,000 requests',
        unit: 'MB',
        value: megabytes,
        bar: { atMost: 160 },
      },
    ],
  };
}

async function afterTenThousandRequests(child) {
  await many(5000, () => fetch(`${BASE}/health/live`));
  await many(2480, () => fetch(`${BASE}/v1/users/me`));
  await many(2480, () => post('/v1/auth/password/check', { password: 'a violet rides the tram' }));
  await many(40, () => post('/v1/auth/login', { email: 'ann@example.com', password: 'wrong' }));
  return Math.round(residentMegabytes(child));
}

async function many(count, ask) {
  for (let i = 0; i < count; i += 20) {
    await Promise.all(Array.from({ length: 20 }, () => ask().then((answer) => answer.text())));
  }
}

const post = (path, body) =>
  fetch(`${BASE}${path}`, { method: 'POST', headers: JSON_HEADERS, body: JSON.stringify(body) });
