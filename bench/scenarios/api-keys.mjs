import { compare } from '../lib/compare.mjs';
import { ownDatabase } from '../lib/database.mjs';
import { stop } from '../lib/load.mjs';
import { forkServer, toldBy } from '../lib/server.mjs';
import { scaled } from '../lib/size.mjs';

/** Keys in the table. BENCH_KEYS=2000: smaller, to see that it works. */
const SIZES = [1000, Number(process.env['BENCH_KEYS'] ?? scaled(1_000_000))];
const ABOUT =
  '`GET /v1/users/me` by API key, and by what is none, against a public route of the same server with an answer as long; few keys in the table, and many.';
const PORT = 4120;
const text = (count) => count.toLocaleString('en');

/**
 * GET /v1/users/me by API key, and by what is none, with 1,000 and with 1,000,000 keys in the table, against a public
 * route of the same server with an answer of the same length. The bars: by key 0.85, and many keys within 20 % of few.
 */
export async function apiKeys() {
  const servers = [];
  try {
    for (const [i, keys] of SIZES.entries()) servers.push(await startWith(keys, PORT + i));
    const subjects = servers.flatMap(({ keys, base, told: { key, garbage } }, i) => {
      const to = 3 * i;
      const me = `${base}/v1/users/me`;
      return [
        { name: `public route (${text(keys)})`, url: `${base}/v1/constant` },
        {
          name: `by key (${text(keys)})`,
          url: me,
          headers: { 'x-api-key': key },
          to,
          bar: { atLeast: 0.85 },
        },
        {
          name: `garbage, refused (${text(keys)})`,
          url: me,
          headers: { 'x-api-key': garbage },
          refused: true,
          to: to + 1,
          bar: { atLeast: 2 },
        },
      ];
    });
    const alike = { atLeast: 0.8, atMost: 1.25 };
    const result = compare(subjects, {
      also: [
        {
          name: `by key, ${text(SIZES[1])} keys to ${text(SIZES[0])}`,
          of: 4,
          to: 1,
          bar: alike,
        },
        {
          name: `garbage, ${text(SIZES[1])} keys to ${text(SIZES[0])}`,
          of: 5,
          to: 2,
          bar: alike,
        },
      ],
    });
    const rows = servers.flatMap(({ keys, told: { statements, microseconds } }) => [
      {
        name: `statements of a key in memory (${text(keys)})`,
        value: statements,
        bar: { atMost: 0 },
      },
      // the check alone: a key that is shown for the first time (one read and one hash), and what is none
      {
        name: `first use of a key (${text(keys)})`,
        value: microseconds.firstUse,
        unit: 'µs',
      },
      {
        name: `refusing garbage (${text(keys)})`,
        value: microseconds.garbage,
        unit: 'µs',
      },
    ]);
    return { about: ABOUT, ...result, rows: [...result.rows, ...rows] };
  } finally {
    for (const { child, database } of servers) {
      await stop(child);
      await database.close();
    }
  }
}

async function startWith(keys, port) {
  const database = await ownDatabase();
  console.log(`Writing ${keys} keys …`);
  const child = forkServer('bench/servers/api-keys.mjs', {
    port,
    database,
    env: { KEYS: `${keys}` },
  });
  const told = await toldBy(child).catch(async (error) => {
    await database.close();
    throw error;
  });
  return { keys, base: `http://127.0.0.1:${port}`, child, database, told };
}
