import { barsAmong, notesOn } from '../lib/bars.mjs';
import { compare } from '../lib/compare.mjs';
import { ownDatabase } from '../lib/database.mjs';
import { stop } from '../lib/load.mjs';
import { forkServer, toldBy } from '../lib/server.mjs';
import { installPeers, startPeer } from '../lib/peer.mjs';
import { stillRight, verified } from '../lib/verify.mjs';
import { startDjango } from '../peers/django.mjs';

const PORT = 4140;
const BASE = `http://127.0.0.1:${PORT}`;
const ABOUT =
  'A read by somebody who is signed in (`GET /v1/users/me`), against what one might take instead, each set up as its own documentation recommends for production (`bench/peers`), with the same user on the same PostgreSQL server. The first rows are to Gatehouse by access token; those below say how many times as fast Gatehouse is.';

const BETTER_AUTH = 'better-auth.mjs';
const PEERS = [
  ['raw-http.mjs'],
  ['raw-fastify.mjs'],
  ['raw-fastify.mjs', { LINES: '1' }],
  ['fastify-jose.mjs'],
  ['nest-passport.ts'],
  [BETTER_AUTH, { MODE: 'database' }],
  [BETTER_AUTH, { MODE: 'cache' }],
  [BETTER_AUTH, { MODE: 'keys' }],
];

const UNINSTALLED = { name: 'Better Auth', why: 'its packages could not be installed' };

const OURS = ['Gatehouse by access token', 'Gatehouse by cookie', 'Gatehouse by API key'];
const AT_LEAST = {
  'Gatehouse, public route': 0.85,
  'raw Fastify, headers and logs': 0.4,
  'Better Auth by cookie': 15,
  'Better Auth by cookie, cookie cache': 8,
  'Better Auth by API key': 15,
  'Django by JWT, two workers': 10,
  'Django by session, two workers': 10,
};
const BARS = OURS.flatMap((ours) =>
  Object.entries(AT_LEAST)
    .filter(([against]) => !against.endsWith('API key') || ours.endsWith('API key'))
    .map(([against, atLeast]) => ({ ours, against, atLeast })),
);

const ON_PEERS =
  'One process on core 0 each, but for Django: gunicorn with two workers, which may use both cores. Before anything was measured each gave the right answer to good credentials, and 401 to none and to changed ones.';

/**
 * Who is signed in, asked of Gatehouse by access token, cookie and API key, and of what one might take instead, all in
 * the same rounds: each on the same PostgreSQL server, in one process on core 0 (Django: two workers, on any core), with
 * the settings that it recommends for production, and as long an answer. See `bench/peers`.
 */
export async function peers() {
  const installed = installPeers();
  const database = await ownDatabase();
  const running = [];
  try {
    const gatehouse = await startGatehouse(database);
    running.push(gatehouse);
    const { me } = gatehouse;
    for (const [i, [file, env]] of PEERS.entries()) {
      if (file === BETTER_AUTH && !installed) continue;
      running.push(await startPeer(file, { port: PORT + 1 + i, database, me, env }));
    }
    const django = await startDjango({ port: PORT + 20, database, me });
    running.push(django);
    const fields = ['email', 'emailVerified', 'firstName', 'timezone', 'isStaff'];
    const expected = { answer: me, fields };
    const subjects = running.flatMap((one) => one.subjects);
    const { right, leftOut } = await verified(subjects, expected);
    if (leftOut.some(({ name }) => name.startsWith('Gatehouse'))) throw new Error('See above.');
    const result = compare(right, { also: barsAmong(right, BARS) });
    await stillRight(right, expected);
    const notes = [
      ON_PEERS,
      ...notesOn([...leftOut, ...django.missing, ...(installed ? [] : [UNINSTALLED])]),
    ];
    return { about: ABOUT, ...result, notes };
  } finally {
    for (const { stop: end } of running) await end();
    await database.close();
  }
}

async function startGatehouse(database) {
  const child = forkServer('bench/servers/signed-in.mjs', {
    port: PORT,
    database,
    env: { ACCESS_TOKEN_TTL: '3600' },
  });
  const { cookie, authorization, key, answer } = await toldBy(child);
  const url = `${BASE}/v1/users/me`;
  const shown = [{ authorization }, { cookie }, { 'x-api-key': key }];
  return {
    me: answer,
    subjects: [
      ...OURS.map((name, i) => ({ name, url, headers: shown[i] })),
      { name: 'Gatehouse, public route', url: `${BASE}/v1/constant`, open: true },
    ],
    stop: () => stop(child),
  };
}
