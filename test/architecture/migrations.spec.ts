import { readSettings } from '../../src/config/settings.js';
import { createDataSource } from '../../src/data-source.js';
import { areApplied, migrate } from '../../src/database/migrate.js';
import { migrations } from '../../src/database/migrations/index.js';
import { run, withDatabase } from '../support/test-database.js';

const url = process.env['DATABASE_URL'] ?? '';
const settings = readSettings({});

describe('The migrations', () => {
  it('make exactly the tables that the entities describe', async () => {
    const dataSource = await createDataSource(settings, url).initialize();
    const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
    await dataSource.destroy();
    expect(upQueries.map(({ query }) => query)).toEqual([]);
  });

  it('are applied once when ten nodes start at once on an empty database', async () => {
    const name = `ten_${process.env['JEST_WORKER_ID'] ?? '1'}`;
    await run(url, [`DROP DATABASE IF EXISTS ${name}`, `CREATE DATABASE ${name}`]);
    const empty = withDatabase(url, name);
    const nodes = await Promise.all(
      Array.from({ length: 10 }, () => createDataSource(settings, empty).initialize()),
    );
    const applied = await Promise.all(nodes.map((node) => migrate(node, empty)));
    await Promise.all(nodes.map((node) => node.destroy()));
    expect(applied.filter((names) => names.length > 0)).toHaveLength(1);
    await run(url, [`DROP DATABASE ${name}`]);
  });

  it('can be taken back', async () => {
    const name = `back_${process.env['JEST_WORKER_ID'] ?? '1'}`;
    await run(url, [`DROP DATABASE IF EXISTS ${name}`, `CREATE DATABASE ${name}`]);
    const empty = withDatabase(url, name);
    const dataSource = await createDataSource(settings, empty).initialize();
    expect(await areApplied(migrations, empty)).toBe(false);
    const applied = await migrate(dataSource, empty);
    expect(await areApplied(migrations, empty)).toBe(true);
    await dataSource.undoLastMigration({ transaction: 'all' });
    expect(await areApplied(migrations, empty)).toBe(false);
    expect(await migrate(dataSource, empty)).toEqual(applied.slice(-1));
    for (let left = applied.length; left > 0; left--) {
      await dataSource.undoLastMigration({ transaction: 'all' });
    }
    const left = await dataSource.query<{ table_name: string }[]>(
      "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'",
    );
    await dataSource.destroy();
    expect(left).toEqual([{ table_name: 'migrations' }]);
    await run(url, [`DROP DATABASE ${name}`]);
  });
});
