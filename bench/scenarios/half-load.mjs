import { ownDatabase } from '../lib/database.mjs';
import { median, round, summed } from '../lib/figures.mjs';
import { startGatehouse } from '../lib/gatehouse.mjs';
import { generatorOf } from '../lib/generator-of.mjs';
import { measure } from '../lib/load.mjs';
import { credentialsOf, fillPeople } from '../lib/people.mjs';
import { rounds as roundsOf } from '../lib/size.mjs';

const PORT = 4186;
const SECONDS = 5;
const CONNECTIONS = 64;
const ABOUT =
  'How long `GET /v1/users/me` takes at half of the rate that was the most just before: so many requests begin each second, evenly, whether or not the former ones were answered, and each time counts from when the request was due. Nobody is spared who would have come while the server was slow.';

/** No bar: a report. */
export async function halfLoad() {
  const rounds = roundsOf(5);
  const database = await ownDatabase();
  await fillPeople(database.url, 1);
  const server = await startGatehouse({
    port: PORT,
    env: { DATABASE_URL: database.url, ACCESS_TOKEN_TTL: '3600' },
  });
  const url = `${server.base}/v1/users/me`;
  const subjects = [];
  try {
    const credentials = await credentialsOf({ url: database.url, base: server.base });
    for (const [name, headers] of Object.entries(credentials)) {
      const lines = Object.entries(headers).map((header) => header.join(': '));
      const clients = generatorOf(PORT, { kind: 'read', path: '/v1/users/me', headers: lines });
      subjects.push({ name, headers, clients, seen: [] });
      measure(url, { seconds: 2, headers });
    }
    for (let i = 0; i < rounds; i++) {
      for (const { headers, clients, seen } of subjects) {
        const most = measure(url, { seconds: 2, headers });
        const task = { connections: CONNECTIONS, seconds: SECONDS, rate: most / 2 };
        seen.push({ most, ...(await clients.run(task)) });
      }
    }
    return { about: ABOUT, rounds, rows: subjects.flatMap(rowsOf), notes: [noteOf(subjects)] };
  } finally {
    for (const { clients } of subjects) clients.stop();
    await server.stop();
    await database.close();
  }
}

const rowsOf = ({ name, seen }) =>
  [
    ['p50', 'p50'],
    ['p99', 'p99'],
    ['p999', 'p99.9'],
  ].map(([share, text]) => ({
    name: `by ${name}, ${text}`,
    unit: 'ms',
    ...summed(seen.map(({ ms }) => ms[share])),
    ...(share === 'p50' && { perSecond: Math.round(median(seen.map(({ most }) => most / 2))) }),
  }));

function noteOf(subjects) {
  const all = subjects.flatMap(({ seen }) => seen);
  const late = round(median(all.map(({ lateMs }) => lateMs)));
  return `The load saw to 99 of 100 requests within ${late} ms of when they were due (the median of all rounds). What it was late is in the figures.`;
}
