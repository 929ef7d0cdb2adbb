import { fork } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { join } from 'node:path';
import { compare } from '../lib/compare.mjs';
import { ownDatabase } from '../lib/database.mjs';
import { pinned, stop } from '../lib/load.mjs';

const PORT = 4110;
const ABOUT =
  'A read by somebody who is signed in (`GET /v1/users/me`), against a public route of the same server with an answer as long.';
const BASE = `http://127.0.0.1:${PORT}`;

/**
 * GET /v1/users/me, by cookie and by access token, against a public route of the same server with an answer of
 * the same length. The bar is 0.85.
 */
export async function signedIn() {
  const database = await ownDatabase();
  const [program, ...args] = pinned(0, [process.execPath]);
  const child = fork('bench/servers/signed-in.mjs', {
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
    const [{ cookie, authorization, bytes }] = await once(child, 'message');
    console.log(`Each answer has ${bytes} bytes.`);
    const bar = { atLeast: 0.85 };
    const me = `${BASE}/v1/users/me`;
    const result = compare([
      { name: 'public route', url: `${BASE}/v1/constant` },
      { name: 'GET /v1/users/me by cookie', url: me, headers: { cookie }, bar },
      { name: 'GET /v1/users/me by token', url: me, headers: { authorization }, bar },
    ]);
    return { about: ABOUT, ...result };
  } finally {
    await stop(child);
    await database.close();
  }
}
