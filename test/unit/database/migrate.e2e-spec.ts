import { DataSource, type QueryRunner } from 'typeorm';
import { readSettings } from '../../../src/config/settings.js';
import { dataSourceOptions } from '../../../src/data-source.js';
import { migrate } from '../../../src/database/migrate.js';

/** As the index of a table of millions. */
class Slow1700000000000 {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('SELECT pg_sleep(0.3)');
  }

  async down(): Promise<void> {
    // nothing was done
  }
}

describe('A migration', () => {
  it('may take longer than a request may wait for its answer', async () => {
    const url = process.env['DATABASE_URL'] ?? '';
    const options = dataSourceOptions(readSettings({}), url);
    const extra = { ...(options.extra as object), statement_timeout: 50, query_timeout: 100 };
    const own = { migrations: [Slow1700000000000], migrationsTableName: 'slow_migrations' };
    const dataSource = new DataSource({ ...options, ...own, extra });
    await dataSource.initialize();
    try {
      await expect(dataSource.query('SELECT pg_sleep(0.3)')).rejects.toThrow('timeout');
      expect(await migrate(dataSource, url)).toEqual(['Slow1700000000000']);
    } finally {
      await dataSource.query('DROP TABLE slow_migrations');
      await dataSource.destroy();
    }
  });
});
