import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median } from '../lib/compare.mjs';
import { residentMegabytes, start, stop } from '../lib/load.mjs';

const PORT = 4120;
const BASE = `http://127.0.0.1:${PORT}`;
const JSON_HEADERS = { 'content-type': 'application/json' };

/**
 * `npm start` on existing data, from the command to the first 200 of readiness (bar: 3 s), and the resident
 * memory of the server process after 10,000 requests of several kinds (bar: 160 MB).
 */
export async function startAndMemory() {
  const dataDir = mkdtempSync(join(tmpdir(), 'gatehouse-bench-'));
  const milliseconds = [];
  let megabytes;
  for (let round = 0; round < 6; round++) {
    const before = performance.now();
    const child = await start(
      [process.execPath, '--max-semi-space-size=4', 'scripts/gatehouse.mjs', 'start'],
      {
        env: { PORT: `${PORT}`, DATA_DIR: dataDir, BREACH_CHECK: 'off' },
        url: `${BASE}/health/ready`,
      },
    );
    if (round > 0) milliseconds.push(Math.round(performance.now() - before)); // the first makes the data
    if (round === 5) megabytes = await afterTenThousandRequests(child);
    await stop(child);
  }
  rmSync(dataDir, { recursive: true, force: true });
  const result = { readyMs: median(milliseconds), all: milliseconds, megabytes };
  console.table([{ 'ready again, ms': result.readyMs, 'memory, MB': megabytes }]);
  return result;
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
