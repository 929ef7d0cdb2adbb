import { compare } from '../lib/compare.mjs';
import { ownDatabase } from '../lib/database.mjs';
import { stop } from '../lib/load.mjs';
import { forkServer, toldBy } from '../lib/server.mjs';

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
  const child = forkServer('bench/servers/signed-in.mjs', {
    port: PORT,
    database,
    env: { ACCESS_TOKEN_TTL: '3600' },
  });
  try {
    const { cookie, authorization, bytes } = await toldBy(child);
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
