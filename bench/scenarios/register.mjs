import { fork } from 'node:child_process';
import { once } from 'node:events';
import { bareHashing } from '../lib/bare-hashing.mjs';
import { ownDatabase } from '../lib/database.mjs';
import { median, percentile, round, summed } from '../lib/figures.mjs';
import { startGatehouse } from '../lib/gatehouse.mjs';
import { generatorOf } from '../lib/generator-of.mjs';
import { PASSWORD, fillPeople, signInPeople } from '../lib/people.mjs';
import { rounds as roundsOf } from '../lib/size.mjs';

const PORT = 4181;
const SECONDS = 10;
const RAMP = 1;
const AT_ONCE = 4;
const ABOUT =
  'Registrations a second (`POST /v1/auth/register`: password rules, hash, account, mail in the outbox) as a ratio to cores ÷ the time of one hash in a bare process, while somebody who is signed in reads `GET /v1/users/me` 200 times a second; and the p99 of that reader, against the same in peace.';

/** No bar: a report. */
export async function register() {
  const rounds = roundsOf(5);
  const database = await ownDatabase();
  await fillPeople(database.url, 1); // whose address is taken: one registration of all
  const [cookie] = await signInPeople(database.url, { count: 1 });
  const server = await startGatehouse({
    port: PORT,
    env: { DATABASE_URL: database.url, TRUST_PROXY: '1' },
    on: 'all',
  });
  const bare = bareHashing();
  const clients = generatorOf(PORT, {
    kind: 'person',
    path: '/v1/auth/register',
    body: { password: PASSWORD },
  });
  const reader = fork('bench/lib/reader.mjs', [
    `${server.base}/v1/users/me`,
    JSON.stringify({ cookie }),
  ]);
  const read = async () => {
    reader.send({ seconds: SECONDS });
    const [took] = await once(reader, 'message');
    return percentile(took, 0.99);
  };
  try {
    const task = { connections: AT_ONCE * bare.cores, seconds: SECONDS, ramp: RAMP };
    await clients.run({ ...task, seconds: 2 }, 202);
    await read();
    const [limits, rates, peace, busy] = [[], [], [], []];
    for (let i = 0; i < rounds; i++) {
      limits.push((await bare.measure()).alone);
      peace.push(await read());
      const [{ perSecond }, p99] = await Promise.all([clients.run(task, 202), read()]);
      rates.push(perSecond);
      busy.push(p99);
    }
    return {
      about: ABOUT,
      rounds,
      rows: [
        {
          name: `registrations, of ${bare.cores} cores ÷ time of a hash`,
          unit: '×',
          perSecond: round(median(rates)),
          ...summed(rates.map((rate, i) => rate / limits[i])),
        },
        {
          name: 'p99 of the reader, to that in peace',
          unit: '×',
          ...summed(busy.map((ms, i) => ms / peace[i])),
        },
        { name: 'p99 of the reader in peace', unit: 'ms', ...summed(peace) },
        { name: 'p99 of the reader beside registrations', unit: 'ms', ...summed(busy) },
      ],
    };
  } finally {
    clients.stop();
    bare.stop();
    reader.disconnect();
    await server.stop();
    await database.close();
  }
}
