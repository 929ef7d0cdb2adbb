import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { readSettings } from '../../dist/config/settings.js';
import { createDataSource } from '../../dist/data-source.js';
import { startEmbeddedPostgres } from '../../dist/database/embedded/embedded-postgres.js';
import { migrate } from '../../dist/database/migrate.js';

/** A database of the bench's own, migrated; unless `durable`, what is in it does not survive the machine. */
export async function ownDatabase({ durable = false } = {}) {
  const dataDir = mkdtempSync(join(tmpdir(), 'gatehouse-bench-'));
  const postgres = await startEmbeddedPostgres(dataDir, { durable });
  const dataSource = await createDataSource(readSettings({}), postgres.url).initialize();
  await migrate(dataSource, postgres.url);
  await dataSource.destroy();
  return {
    url: postgres.url,
    dataDir,
    close: async () => {
      await postgres.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** A copy of the migrated database, under another name on the same server. */
export function copyOf(url, name) {
  const origin = new URL(url.replace(/@[^/]*/, '@host')).pathname.slice(1);
  return createDatabase(url, name, origin);
}

/** One more database on the same server, with what is in the template: nothing. */
export async function createDatabase(url, name, template = 'template1') {
  const maintenance = new pg.Client({ connectionString: url.replace(/\/[^/]*$/, '/postgres') });
  await maintenance.connect();
  await maintenance.query(`CREATE DATABASE ${name} TEMPLATE ${template}`);
  await maintenance.end();
  return url.replace(/\/[^/]*$/, `/${name}`);
}

/** So many users, and so many sessions spread over them; the sessions of the first user are 100 at most. */
export const fill = async (url, { users, sessions }) => {
  const client = new pg.Client({ connectionString: url }); // the application's own would give up after 10 s
  await client.connect();
  await client.query(
    `INSERT INTO users (id, email, email_canonical, email_verified_at, credentials_changed_at, created_at, updated_at)
     SELECT uuidv7(), 'u' || n || '@example.com', 'u' || n || '@example.com', now(), now(), now(), now()
       FROM generate_series(1, $1) AS n`,
    [users],
  );
  await client.query(
    `INSERT INTO sessions (id, user_id, methods, authenticated_at, created_at, last_seen_at, expires_at, ip, user_agent, transport, refresh_hash)
     SELECT uuidv7(), u.id, '{pwd}', now(), now(), now(), now() + interval '14 days', '203.0.113.7',
            'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0', 'token', sha256(n::text::bytea)
       FROM generate_series(1, $1) AS n
       JOIN (SELECT id, row_number() OVER (ORDER BY id) AS k FROM users) u ON u.k = 1 + n % $2`,
    [sessions, users],
  );
  await client.query('VACUUM ANALYZE users');
  await client.query('VACUUM ANALYZE sessions');
  await client.end();
};
