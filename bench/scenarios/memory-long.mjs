import { ownDatabase } from '../lib/database.mjs';
import { round, summed } from '../lib/figures.mjs';
import { startGatehouse } from '../lib/gatehouse.mjs';
import { generatorOf } from '../lib/generator-of.mjs';
import { fillPeople, ownKey, signInPeople } from '../lib/people.mjs';
import { rounds as roundsOf, scaled } from '../lib/size.mjs';

const PORT = 4187;
const SESSIONS = scaled(100_000);
const REQUESTS = scaled(1_000_000);
const CONNECTIONS = 32;
const text = (count) => count.toLocaleString('en');
const ABOUT = `How long the server takes until it is ready on a database with ${text(SESSIONS)} people and as many sessions, and what its process holds after ${text(REQUESTS)} requests (\`GET /v1/users/me\` by cookie) of all of them in turn.`;

/** The bars: ready within 2 s, and less than 200 MB afterwards. */
export async function memoryLong() {
  const rounds = roundsOf(5);
  const database = await ownDatabase();
  await fillPeople(database.url, SESSIONS);
  const headers = (await signInPeople(database.url, { count: SESSIONS })).map(
    (cookie) => `Cookie: ${cookie}`,
  );
  const env = {
    DATABASE_URL: database.url,
    SECRET_KEYS: ownKey().text,
    PUBLIC_URL: 'http://localhost:3000',
  };
  const clients = generatorOf(PORT, { kind: 'read', path: '/v1/users/me', headers });
  let server;
  try {
    const ready = [];
    for (let i = 0; i <= rounds; i++) {
      await server?.stop();
      const begun = performance.now();
      server = await startGatehouse({ port: PORT, env });
      if (i > 0) ready.push((performance.now() - begun) / 1000); // the first writes its signing key
    }
    const fresh = round(server.memory());
    const { perSecond } = await clients.run({ connections: CONNECTIONS, count: REQUESTS });
    return {
      about: ABOUT,
      rounds,
      rows: [
        { name: 'ready', unit: 's', ...summed(ready), bar: { atMost: 2 } },
        {
          name: `resident after ${text(REQUESTS)} requests`,
          unit: 'MB',
          value: round(server.memory()),
          bar: { atMost: 200 },
          perSecond: Math.round(perSecond),
        },
        { name: 'resident at the highest', unit: 'MB', value: round(server.mostMemory()) },
        { name: 'resident when ready', unit: 'MB', value: fresh },
      ],
      notes: ['The rounds are those of the start; the requests were made once.'],
    };
  } finally {
    clients.stop();
    await server?.stop();
    await database.close();
  }
}
