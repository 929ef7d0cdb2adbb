import { DataSource } from 'typeorm';
import { readSettings } from '../../src/config/settings.js';
import { connectionOptions } from '../../src/database/connection-options.js';
import { exportedTables } from '../../src/exported-tables.js';

/** A user is told of everything that is held about her, and of no secret. */
describe('The tables that a user is told of', () => {
  const database = new DataSource(
    connectionOptions(readSettings({}), process.env['DATABASE_URL'] ?? ''),
  );

  beforeAll(() => database.initialize());
  afterAll(() => database.destroy());

  it('are all that refer to a user', async () => {
    const referring = await database.query<{ name: string }[]>(
      `SELECT DISTINCT conrelid::regclass::text AS name FROM pg_constraint
        WHERE contype = 'f' AND confrelid = 'users'::regclass`,
    );
    const told = exportedTables.map(({ table }) => table);
    expect(referring.length).toBeGreaterThan(1);
    expect(referring.map(({ name }) => name).filter((name) => !told.includes(name))).toEqual([]);
  });

  it.each(exportedTables)('tell or withhold each column of $table', async (exported) => {
    const { table, owner, columns, withheld } = exported;
    const rows = await database.query<{ name: string }[]>(
      `SELECT column_name AS name FROM information_schema.columns
        WHERE table_schema = 'public' AND table_name = $1`,
      [table],
    );
    expect([owner, ...columns, ...withheld].sort()).toEqual(rows.map(({ name }) => name).sort());
  });

  it.each(exportedTables)(
    'tell a key of $table that puts the rows of a user in order',
    (exported) => {
      const { columns, key = 'id', ofActor } = exported;
      expect(columns).toContain(key);
      expect(columns).toEqual(expect.arrayContaining([...(ofActor?.columns ?? [])]));
    },
  );

  it.each(exportedTables)('tell no secret of $table', ({ columns }) => {
    expect(columns.filter((name) => /hash|secret|salt|mac|key|sealed|payload/.test(name))).toEqual(
      [],
    );
  });

  it.each(exportedTables)('find the rows of a user in $table by an index', async (exported) => {
    const rows = await database.query<unknown[]>(
      `SELECT 1 FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
        WHERE i.indrelid = $1::regclass AND a.attname = $2`,
      [exported.table, exported.owner],
    );
    expect(rows.length).toBeGreaterThan(0);
  });
});
