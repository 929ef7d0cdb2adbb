import { fork } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { join } from 'node:path';
import { compare } from '../lib/compare.mjs';
import { ownDatabase } from '../lib/database.mjs';
import { pinned, stop } from '../lib/load.mjs';

/** Keys in the table. BENCH_KEYS=2000: smaller, to see that it works. */
const SIZES = [1000, Number(process.env['BENCH_KEYS'] ?? 1_000_000)];
/** BENCH_ROUNDS=2: shorter. */
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 15);
const PORT = 4120;

/**
 * GET /v1/users/me by API key, and by what is none, with 1,000 and with 1,000,000 keys in the table, against a public
 * route of the same server with an answer of the same length. The bars: by key 0.8, and many keys within 20 % of few.
 */
export async function apiKeys() {
  const servers = [];
  try {
    for (const [i, keys] of SIZES.entries()) servers.push(await startWith(keys, PORT + i));
    const subjects = servers.flatMap(({ keys, base, told: { key, garbage } }) => {
      const me = `${base}/v1/users/me`;
      return [
        { name: `public route (${keys})`, url: `${base}/v1/constant` },
        { name: `by key (${keys})`, url: me, headers: { 'x-api-key': key } },
        {
          name: `garbage, refused (${keys})`,
          url: me,
          headers: { 'x-api-key': garbage },
          refused: true,
        },
      ];
    });
    const result = compare(subjects, { rounds: ROUNDS });
    const toFirst = (i) => result.rows[i].ratio; // round by round, so that it does not sway with the machine
    const ratio = (a, b) => Math.round((toFirst(a) / toFirst(b)) * 100) / 100;
    const figures = {
      byKeyToPublic: [ratio(1, 0), ratio(4, 3)],
      garbageToKey: [ratio(2, 1), ratio(5, 4)],
      manyToFew: { byKey: ratio(4, 1), garbage: ratio(5, 2) },
      statementsOfAKeyInMemory: servers.map(({ told }) => told.statements),
      // the check alone: a key that is shown for the first time (one read and one hash), and what is none
      microseconds: servers.map(({ told }) => told.microseconds),
    };
    console.log(JSON.stringify(figures, null, 2));
    return { ...result, ...figures };
  } finally {
    for (const { child, database } of servers) {
      await stop(child);
      await database.close();
    }
  }
}

async function startWith(keys, port) {
  const database = await ownDatabase();
  const [program, ...args] = pinned(0, [process.execPath]);
  console.log(`Writing ${keys} keys …`);
  const child = fork('bench/servers/api-keys.mjs', {
    execPath: program,
    execArgv: [...args, '--max-semi-space-size=4'],
    env: {
      ...process.env,
      PORT: `${port}`,
      KEYS: `${keys}`,
      DATABASE_URL: database.url,
      DATA_DIR: database.dataDir,
    },
    stdio: ['ignore', openSync(join(database.dataDir, 'server.log'), 'a'), 'inherit', 'ipc'],
  });
  const [told] = await Promise.race([once(child, 'message'), once(child, 'exit')]);
  if (typeof told !== 'object') {
    await database.close();
    throw new Error('The server of the bench ended');
  }
  return { keys, base: `http://127.0.0.1:${port}`, child, database, told };
}
