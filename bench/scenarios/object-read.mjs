import { loadavg } from 'node:os';
import { barsAmong, notesOn } from '../lib/bars.mjs';
import { compare } from '../lib/compare.mjs';
import { ownDatabase } from '../lib/database.mjs';
import { stop } from '../lib/load.mjs';
import { forkServer, toldBy } from '../lib/server.mjs';
import { stillRight, verified } from '../lib/verify.mjs';
import { startDjango } from '../peers/django.mjs';

const PORT = 4112;
const ABOUT =
  'A read of one object that the caller was granted, against the same read on a public route: both ask the database for the object, and for nothing else. And against the same read in Django with guardian (`bench/peers/django`), by somebody who was granted the object there.';
const BASE = `http://127.0.0.1:${PORT}`;

const BY_COOKIE = 'with an object grant, by cookie';
const BY_TOKEN = 'with an object grant, by token';
const BARS = [
  { ours: BY_COOKIE, against: 'Django with guardian, by session', atLeast: 20 },
  { ours: BY_TOKEN, against: 'Django with guardian, by JWT', atLeast: 20 },
];

/**
 * GET /v1/catalog/products/:id by somebody who was granted that product, against the same read on a public route. Both
 * ask the database for the product, and for nothing else. The bar is 0.7. And against the same in Django with guardian:
 * 20 times.
 */
export async function objectRead() {
  const database = await ownDatabase();
  const child = forkServer('bench/servers/object-read.mjs', {
    port: PORT,
    database,
    env: { ACCESS_TOKEN_TTL: '3600' },
  });
  let django;
  try {
    const { product, me, cookie, authorization, stranger } = await toldBy(child);
    django = await startDjango({ port: PORT + 20, database, me, product });
    console.log(`Load of the machine: ${loadavg()[0].toFixed(1)}`);
    const url = `${BASE}/v1/catalog/products/${product.id}`;
    const bar = { atLeast: 0.7 };
    const strangers = [{ cookie: stranger.cookie }, { authorization: stranger.authorization }];
    const subjects = [
      { name: 'the same read without a guard', url: `${BASE}/v1/open/${product.id}`, open: true },
      { name: BY_COOKIE, url, headers: { cookie }, stranger: strangers[0], bar },
      { name: BY_TOKEN, url, headers: { authorization }, stranger: strangers[1], bar },
      ...django.objects,
    ];
    const fields = ['id', 'name', 'description', 'price', 'currency'];
    const { right, leftOut } = await verified(subjects, { answer: product, fields });
    const result = compare(right, { also: barsAmong(right, BARS) });
    await stillRight(right, { answer: product, fields });
    return { about: ABOUT, ...result, notes: notesOn([...leftOut, ...django.missing]) };
  } finally {
    await django?.stop();
    await stop(child);
    await database.close();
  }
}
