import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { NestFactory } from '@nestjs/core';
import { DataSource } from 'typeorm';
import { AppModule } from '../../dist/app.module.js';
import { KeyRing } from '../../dist/config/key-ring.js';
import { readSettings } from '../../dist/config/settings.js';
import { RefreshToken } from '../../dist/sessions/refresh-token.js';
import { RefreshTokensService } from '../../dist/sessions/refresh-tokens.service.js';
import { SessionListService } from '../../dist/sessions/session-list.service.js';
import { SessionReaderService } from '../../dist/sessions/session-reader.service.js';
import { SessionsService } from '../../dist/sessions/sessions.service.js';
import { UsersService } from '../../dist/users/users.service.js';
import { copyOf, fill, ownDatabase } from '../lib/database.mjs';
import { inBlocks, median, round, summed } from '../lib/figures.mjs';
import { rounds, scaled } from '../lib/size.mjs';

const SIZES = [1000, scaled(1_000_000)];
const ROUNDS = 80 * rounds(5);
const ABOUT =
  'What the same costs with a million sessions in the table, as a ratio to what it costs with a thousand. No table is read from end to end, or the run fails.';

/** What every size is asked, in turn. */
const operations = {
  refresh: async (house) => {
    const { secret } = await house.refresh.rotate('ghr', house.token);
    house.token = RefreshToken.of(secret, house.ring).reveal();
  },
  'resolve (not in memory)': ({ reader, ids }) =>
    reader.read(ids[Math.floor(Math.random() * ids.length)]),
  'device list': ({ list, user }) => list.of(user.id, {}),
  'sign-in (its session)': ({ sessions, user, device }) =>
    sessions.open(user, { methods: ['pwd'] }, device),
};

/** With a million sessions each of these costs at most 1.5 times what it costs with a thousand. */
export async function manySessions() {
  const database = await ownDatabase();
  const houses = [];
  try {
    for (const size of SIZES) houses.push(await build(database.url, size));
    const plans = await plansOf(houses.at(-1)); // first: sign-ins will end the session that is refreshed
    const rows = [];
    for (const [name, operation] of Object.entries(operations)) {
      for (const house of houses) for (let i = 0; i < 30; i++) await operation(house);
      const times = houses.map(() => []);
      for (let round = 0; round < ROUNDS; round++) {
        for (const [i, house] of houses.entries()) {
          const begun = performance.now();
          await operation(house);
          times[i].push(performance.now() - begun);
        }
      }
      const [few, many] = times.map((each) => inBlocks(each).map(median));
      rows.push({
        name,
        unit: '×',
        ...summed(many.map((ms, block) => ms / few[block])),
        bar: { atMost: 1.5 },
        fewMs: round(median(times[0])),
        manyMs: round(median(times[1])),
      });
    }
    console.log(plans.join('\n'));
    if (plans.some((plan) => plan.includes('Seq Scan')))
      throw new Error('A table is read from end to end');
    return { about: ABOUT, rows, plans };
  } finally {
    for (const { app } of houses) await app.close();
    await database.close();
  }
}

async function build(url, size) {
  const name = `sessions_${size}`;
  const own = await copyOf(url, name);
  const settings = readSettings({ SECRET_KEYS: randomBytes(32).toString('base64') });
  console.log(`Writing ${size} sessions …`);
  await fill(own, { users: size / 5, sessions: size });
  const app = await NestFactory.createApplicationContext(AppModule.with(settings, own), {
    logger: false,
  });
  const find = (type) => app.get(type, { strict: false });
  const dataSource = find(DataSource);
  const sample = await dataSource.query(
    'SELECT id, user_id FROM sessions TABLESAMPLE BERNOULLI ($1) LIMIT 500',
    [size > 1000 ? 1 : 100],
  );
  const user = await find(UsersService).get(sample[0].user_id);
  const device = {
    ip: null,
    userAgent: 'bench',
    name: null,
    transport: 'token',
    refreshTransport: 'body',
  };
  const ring = find(KeyRing);
  const { secret } = await find(SessionsService).open(user, { methods: ['pwd'] }, device);
  return {
    app,
    dataSource,
    ring,
    user,
    device,
    ids: sample.map(({ id }) => id),
    token: RefreshToken.of(secret, ring).reveal(),
    sessions: find(SessionsService),
    refresh: find(RefreshTokensService),
    reader: find(SessionReaderService),
    list: find(SessionListService),
  };
}

/** How PostgreSQL goes about each statement that the operations send, as they send it. */
async function plansOf(house) {
  const sent = new Map();
  const { query } = pg.Client.prototype;
  pg.Client.prototype.query = function (statement, values, ...rest) {
    const { text, values: own } =
      typeof statement === 'string' ? { text: statement, values } : statement;
    if (/FROM sessions|INTO "sessions"|FROM "sessions"|UPDATE "?(sessions|users)/.test(text))
      sent.set(text, own ?? values);
    return query.call(this, statement, values, ...rest);
  };
  for (const operation of Object.values(operations)) await operation(house);
  pg.Client.prototype.query = query;
  const plans = [];
  for (const [text, values] of sent) {
    await house.dataSource.transaction(async (manager) => {
      const rows = await manager.query(`EXPLAIN ${text}`, values);
      const nodes = rows
        .map((row) => row['QUERY PLAN'])
        .filter((line) => /Scan|Insert|Update|Delete/.test(line))
        .map((line) => line.replace(/^[\s>-]+/, '').replace(/\s*\(cost.*/, ''));
      plans.push(`  ${text.replace(/\s+/g, ' ').slice(0, 60)} …: ${nodes.join(' ← ')}`);
    });
  }
  return plans;
}
