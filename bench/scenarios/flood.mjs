import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { ownDatabase } from '../lib/database.mjs';
import { percentile, summed } from '../lib/figures.mjs';
import { stop } from '../lib/load.mjs';
import { forkServer, toldBy } from '../lib/server.mjs';
import { rounds } from '../lib/size.mjs';

const PORT = 4111;
const BASE = `http://127.0.0.1:${PORT}`;
const AT_ONCE = 64;
const ROUNDS = rounds(5);
const SECONDS = 10;
const ABOUT =
  'p99 of `GET /v1/users/me`, asked 200 times a second, while 64 sign-ins with wrong passwords are under way without pause, as a ratio to the p99 of the same server in peace.';

const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });

const signIn = (n, address) =>
  new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'x-forwarded-for': address };
    const sent = request(`${BASE}/v1/auth/login`, { method: 'POST', agent, headers }, (answer) => {
      answer.resume().on('end', () => resolve(answer.statusCode));
    });
    sent.on('error', reject);
    sent.end(JSON.stringify({ email: `u${n}@example.com`, password: 'not the right one' }));
  });

let n = 0;

/** Sign-ins, 64 at once, each for another account; whoever is answered tries again at once. */
function flood(addressOf) {
  const statuses = {};
  let over = false;
  const one = async () => {
    while (!over) {
      const status = await signIn(n, addressOf(n++));
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

const FROM = {
  'one address': () => '203.0.113.7',
  'an address each': (i) => `10.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}`,
};

/**
 * Whoever is signed in does not feel a flood of sign-ins: p99 of GET /v1/users/me, 200 times a second, at most three
 * times the idle one. Idle and flooded take turns; what the 64 cost who come all at once, at the beginning, counts.
 */
export async function floodOfSignIns() {
  const database = await ownDatabase();
  const child = forkServer('bench/servers/signed-in.mjs', {
    port: PORT,
    database,
    env: { TRUST_PROXY: '1' },
    onCore0: false,
  });
  let reader;
  try {
    const { cookie } = await toldBy(child);
    reader = fork('bench/lib/reader.mjs', [`${BASE}/v1/users/me`, JSON.stringify({ cookie })]);
    const read = async () => {
      reader.send({ seconds: SECONDS });
      const [took] = await once(reader, 'message');
      return percentile(took, 0.99);
    };
    await read();
    const rows = [];
    for (const [from, addressOf] of Object.entries(FROM)) {
      const [idle, flooded, answers] = [[], [], {}];
      for (let i = 0; i < ROUNDS; i++) {
        idle.push(await read());
        const end = flood(addressOf);
        flooded.push(await read());
        for (const [status, count] of Object.entries(await end())) {
          answers[status] = (answers[status] ?? 0) + count;
        }
      }
      const ratios = flooded.map((ms, i) => ms / idle[i]);
      rows.push({
        name: `flood from ${from}`,
        unit: '×',
        ...summed(ratios),
        bar: { atMost: 3 },
        answers,
      });
      rows.push({ name: `p99 in peace (${from})`, unit: 'ms', ...summed(idle) });
      rows.push({
        name: `p99 in the flood (${from})`,
        unit: 'ms',
        ...summed(flooded),
      });
    }
    return { about: ABOUT, rounds: ROUNDS, seconds: SECONDS, rows };
  } finally {
    reader?.disconnect();
    await stop(child);
    await database.close();
  }
}
