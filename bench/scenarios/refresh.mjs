import { fillRows, updateTool, updatesPerSecond } from '../lib/bare-updates.mjs';
import { ownDatabase } from '../lib/database.mjs';
import { median, round, summed } from '../lib/figures.mjs';
import { startGatehouse } from '../lib/gatehouse.mjs';
import { generatorOf } from '../lib/generator-of.mjs';
import { fillPeople, ownKey, signInPeople } from '../lib/people.mjs';
import { rounds as roundsOf } from '../lib/size.mjs';

const PORT = 4182;
/** The pool of the server, which is its default, and the connections of what it is compared with. */
const CONNECTIONS = 10;
const CLIENTS = 32;
const TOKENS = 2000;
const SECONDS = 5;
const ABOUT = `\`POST /v1/auth/refresh\` by ${TOKENS.toLocaleString('en')} people in turn, ${CLIENTS} at once, each with the token that the last answer gave, against one indexed \`UPDATE … RETURNING\` on the same table by ${updateTool}: on the same PostgreSQL, with as many connections as the server has, and with the same settings for durability.`;

/** The bar is 0.5, on a database that waits for its disk as it does in production. */
export async function refresh() {
  const rounds = roundsOf(5);
  const durable = await measured(rounds, { durable: true });
  const hasty = await measured(rounds, { durable: false });
  return {
    about: ABOUT,
    rounds,
    rows: [
      ...rowsOf('a durable database', durable, { atLeast: 0.5 }),
      ...rowsOf('one that does not wait for its disk', hasty),
    ],
    notes: [
      'Without waiting for the disk, the question is what one process of Node can do beside one of C: it also checks and seals tokens, signs a JWT and speaks HTTP. The bar is on the durable one, for that is what runs in production.',
    ],
  };
}

async function measured(rounds, { durable }) {
  const database = await ownDatabase({ durable });
  const key = ownKey();
  const { url } = database;
  await fillPeople(url, 12_000);
  const rows = await fillRows(url);
  const tokens = await signInPeople(url, { from: rows, count: TOKENS, ring: key.ring });
  const server = await startGatehouse({
    port: PORT,
    env: {
      DATABASE_URL: url,
      DATABASE_POOL: `${CONNECTIONS}`,
      SECRET_KEYS: key.text,
      PUBLIC_URL: 'http://localhost:3000',
    },
  });
  const clients = generatorOf(PORT, { kind: 'refresh', tokens });
  try {
    const [updates, refreshes, loads] = [[], [], []];
    await clients.run({ connections: CLIENTS, seconds: 2 });
    for (let i = 0; i < rounds; i++) {
      updates.push(await updatesPerSecond(url, { connections: CONNECTIONS, seconds: SECONDS }));
      const { perSecond, load } = await clients.run({ connections: CLIENTS, seconds: SECONDS });
      refreshes.push(perSecond);
      loads.push(load);
    }
    return { updates, refreshes, loads };
  } finally {
    clients.stop();
    await server.stop();
    await database.close();
  }
}

const rowsOf = (where, { updates, refreshes, loads }, bar) => [
  {
    name: `refreshes, on ${where}`,
    unit: '×',
    perSecond: Math.round(median(refreshes)),
    ...summed(refreshes.map((rate, i) => rate / updates[i])),
    ...(bar && { bar }),
    generator: round(median(loads)),
  },
  { name: `bare updates, on ${where}`, unit: '/s', ...summed(updates) },
];
