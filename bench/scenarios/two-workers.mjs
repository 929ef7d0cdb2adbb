import { availableParallelism } from 'node:os';
import { ownDatabase } from '../lib/database.mjs';
import { median, summed } from '../lib/figures.mjs';
import { startGatehouse } from '../lib/gatehouse.mjs';
import { measureWithCost } from '../lib/load.mjs';
import { fillPeople, ownKey, signInPeople } from '../lib/people.mjs';
import { processorSeconds } from '../lib/processor-time.mjs';
import { rounds as roundsOf } from '../lib/size.mjs';

const PORT = 4183;
const SECONDS = 3;
const CONNECTIONS = 64;
/** With a third core the load has one for itself; with two it takes from what it measures. */
const hasRoom = availableParallelism() > 2;
const ABOUT =
  '`GET /v1/users/me` by cookie from a server with `WEB_CONCURRENCY=2`, against the same with one worker and the same load.';

/** The bar is 1.7, where the load leaves room; else for what the workers would reach with a core each. */
export async function twoWorkers() {
  const rounds = roundsOf(7);
  const database = await ownDatabase();
  await fillPeople(database.url, 1);
  const [cookie] = await signInPeople(database.url, { count: 1 });
  const { text: key } = ownKey();
  const servers = [];
  try {
    for (const workers of [1, 2]) {
      const env = {
        DATABASE_URL: database.url,
        SECRET_KEYS: key,
        PUBLIC_URL: 'http://localhost:3000',
        WEB_CONCURRENCY: `${workers}`,
      };
      const on = hasRoom ? '0,1' : 'all';
      servers.push(await startGatehouse({ port: PORT + workers, env, on }));
    }
    const measure = ({ base, pid }, seconds = SECONDS) => {
      const before = processorSeconds(pid);
      const load = { seconds, connections: CONNECTIONS, headers: { cookie } };
      const { perSecond, processorSeconds: loads } = measureWithCost(`${base}/v1/users/me`, {
        ...load,
        ...(hasRoom && { on: 2 }),
      });
      const cost = (processorSeconds(pid) - before) / (perSecond * seconds);
      return { perSecond, cost, load: loads / seconds };
    };
    for (const server of servers) measure(server);
    const [one, two] = [[], []];
    for (let i = 0; i < rounds; i++) {
      one.push(measure(servers[0]));
      two.push(measure(servers[1]));
    }
    return { about: ABOUT, rounds, rows: rowsOf(one, two), notes: NOTES };
  } finally {
    for (const server of servers) await server.stop();
    await database.close();
  }
}

function rowsOf(one, two) {
  const bar = { atLeast: 1.7 };
  const rate = (of) => Math.round(median(of.map(({ perSecond }) => perSecond)));
  return [
    {
      name: 'two workers to one, with a core each',
      unit: '×',
      // so many requests as two cores pay for, to those that one pays for
      ...summed(two.map(({ cost }, i) => (2 * one[i].cost) / cost)),
      ...(!hasRoom && { bar }),
    },
    {
      name: hasRoom ? 'two workers to one, as seen' : 'two workers to one, the load beside them',
      unit: '×',
      perSecond: rate(two),
      ...summed(two.map(({ perSecond }, i) => perSecond / one[i].perSecond)),
      ...(hasRoom && { bar }),
    },
    { name: 'one worker', unit: '/s', value: rate(one) },
    {
      name: 'what a request costs one worker',
      unit: 'µs',
      ...summed(one.map(({ cost }) => cost * 1e6)),
    },
    {
      name: 'what a request costs two workers',
      unit: 'µs',
      ...summed(two.map(({ cost }) => cost * 1e6)),
    },
    {
      name: 'of a core, what the load takes beside two',
      unit: '×',
      ...summed(two.map(({ load }) => load)),
    },
  ];
}

const NOTES = [
  hasRoom
    ? 'Both servers were held on two cores, and the load on a third.'
    : 'There are two cores, so the load takes from what two workers could have had, and hardly from what one has. So what is judged is the processor time that the operating system counted for the workers (and their parent) over the requests that they answered: two workers with a core each answer 2 × (time of a request with one worker ÷ its time with two). The row below it is what was seen, the load on the same two cores.',
];
