import { setTimeout as sleep } from 'node:timers/promises';
import { GOOD_PASSWORD } from '../support/make.js';
import { removeProgram } from '../support/server-process.js';
import { ask } from './ask.js';
import { describeFleet, Fleet } from './fleet.js';
import { underLoad } from './under-load.js';

jest.setTimeout(120_000);

const TABLES = `SELECT relname AS name FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition
  AND relnamespace = 'public'::regnamespace AND relname <> 'migrations'`;
/** What a later version adds before anything needs it: to each table, and beside them. */
const widen = (table: string) => [
  `ALTER TABLE ${table} ADD COLUMN of_later text`,
  `ALTER TABLE ${table} ADD COLUMN since_later boolean NOT NULL DEFAULT false`,
];
const EXPAND = [
  'CREATE TABLE of_later (id uuid PRIMARY KEY, user_id uuid REFERENCES users ON DELETE CASCADE)',
  'CREATE INDEX CONCURRENTLY sessions_of_later ON sessions (of_later)',
  `INSERT INTO permissions (name, resource) VALUES ('later.add_thing', 'later.thing')`,
  `INSERT INTO migrations (timestamp, name) VALUES (4102444800000, 'OfLater4102444800000')`,
];

describeFleet('While a later version is put in place beside this one', () => {
  const fleet = new Fleet();

  beforeAll(() => fleet.start());
  afterAll(async () => {
    await fleet.stop();
    removeProgram();
  });

  it('T10 its migration is applied: nodes go on that do not know of it, and start again as they did', async () => {
    await underLoad(fleet, {
      id: 'T10',
      throughProxy: true,
      fault: async () => {
        const tables = await fleet.query<{ name: string }>(TABLES);
        for (const { name } of tables) for (const sql of widen(name)) await fleet.query(sql);
        for (const sql of EXPAND) await fleet.query(sql);
        await sleep(1000);
        await fleet.restart(0);
        await fleet.proxy.sends(2);
      },
      expect: (load) => {
        const failed = ([status]: [string, number]) =>
          Number(status) === 0 || Number(status) >= 500;
        expect(Object.entries(load.counted()).filter(failed)).toEqual([]);
      },
    });
  });

  it('T10 the one that was started anew signs in, and takes nothing away that it does not know', async () => {
    const { email } = await fleet.cast.member();
    const body = { email, password: GOOD_PASSWORD };
    expect((await ask('POST', `${fleet.url(0)}/v1/auth/login`, { body })).status).toBe(200);
    const later = `SELECT name FROM migrations WHERE name LIKE 'OfLater%'
      UNION ALL SELECT name FROM permissions WHERE name LIKE 'later.%'`;
    expect(await fleet.query(later)).toHaveLength(2);
  });
});
