import { bareHashing } from '../lib/bare-hashing.mjs';
import { ownDatabase } from '../lib/database.mjs';
import { median, round, summed } from '../lib/figures.mjs';
import { startGatehouse } from '../lib/gatehouse.mjs';
import { generatorOf } from '../lib/generator-of.mjs';
import { PASSWORD, fillPeople } from '../lib/people.mjs';
import { rounds as roundsOf } from '../lib/size.mjs';

const PORT = 4180;
const PEOPLE = 500;
const SECONDS = 10;
/** Until the line is as long as it will be. */
const RAMP = 1;
/** Sign-ins at once for each core: none ever has nothing to hash, and the line that would refuse is never full. */
const AT_ONCE = 4;
const ABOUT =
  'Sign-ins a second, all with the right password, as a ratio to cores ÷ the time of one hash in a bare process: what they would reach if a sign-in were its hash and nothing else. Each comes from an address of its own and is somebody else’s, and opens a session with all that belongs to it.';

/** The bar is 0.9. */
export async function signIn() {
  const rounds = roundsOf(5);
  const database = await ownDatabase();
  await fillPeople(database.url, PEOPLE);
  const server = await startGatehouse({
    port: PORT,
    env: { DATABASE_URL: database.url, TRUST_PROXY: '1' },
    on: 'all', // hashing takes every core there is
  });
  const bare = bareHashing();
  const clients = generatorOf(PORT, {
    kind: 'person',
    path: '/v1/auth/login',
    body: { password: PASSWORD },
    people: PEOPLE,
  });
  try {
    const task = { connections: AT_ONCE * bare.cores, seconds: SECONDS, ramp: RAMP };
    await clients.run({ ...task, seconds: 2 });
    const [limits, rates] = [[], []];
    for (let i = 0; i < rounds; i++) {
      limits.push(await bare.measure());
      rates.push((await clients.run(task)).perSecond);
    }
    const to = (kind) => summed(rates.map((rate, i) => rate / limits[i][kind]));
    const { cores } = bare;
    const bound = (kind) => round(median(limits.map((limit) => limit[kind])));
    return {
      about: ABOUT,
      rounds,
      rows: [
        {
          name: `sign-ins, of ${cores} cores ÷ time of a hash`,
          unit: '×',
          perSecond: round(median(rates)),
          ...to('alone'),
          bar: { atLeast: 0.9 },
        },
        {
          name: `sign-ins, of bare hashing on ${cores} cores at once`,
          unit: '×',
          ...to('together'),
        },
        {
          name: `bare hashing on ${cores} cores at once`,
          unit: '×',
          perSecond: bound('together'),
          ...summed(limits.map(({ alone, together }) => together / alone)),
        },
        { name: 'one hash', unit: 'ms', ...summed(limits.map(({ milliseconds }) => milliseconds)) },
      ],
      notes: [`The hash: ${limits[0].name}. ${task.connections} clients, none of them refused.`],
    };
  } finally {
    clients.stop();
    bare.stop();
    await server.stop();
    await database.close();
  }
}
