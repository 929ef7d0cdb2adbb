import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { readSettings } from '../../src/config/settings.js';
import { createDataSource } from '../../src/data-source.js';
import { startEmbeddedPostgres } from '../../src/database/embedded/embedded-postgres.js';
import { migrate } from '../../src/database/migrate.js';

/** One real PostgreSQL for the run, one migrated database for each worker. */
export async function setUp(workers: number): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'gatehouse-test-'));
  const postgres = await startEmbeddedPostgres(dataDir, { durable: false });
  Object.assign(globalThis, {
    tearDownDatabase: async () => {
      await postgres.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  });
  const template = withDatabase(postgres.url, 'template');
  await run(postgres.url, ['CREATE DATABASE template']);
  const dataSource = await createDataSource(readSettings({}), template).initialize();
  await migrate(dataSource, template);
  await dataSource.destroy();
  const names = Array.from({ length: workers }, (_, i) => `test_${String(i + 1)}`);
  await run(
    postgres.url,
    names.map((name) => `CREATE DATABASE ${name} TEMPLATE template`),
  );
  process.env['TEST_DATABASE'] = withDatabase(postgres.url, 'test_');
}

export const withDatabase = (url: string, name: string): string =>
  url.replace(/\/[^/]*$/, `/${name}`);

export async function run(url: string, statements: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}
