import { existsSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import type { Settings } from '../../config/settings.js';
import { migrations } from '../../database/migrations/index.js';
import { reason } from '../reason.js';
import { withDatabase } from '../services.js';
import type { Terminal } from '../terminal/terminal.js';
import { type Finding, finding } from './finding.js';
import { peopleFindings } from './people-findings.js';

/** The oldest PostgreSQL that will do, as `server_version_num` counts. */
const OLDEST = 140_000;
const PATIENCE = 5000;

/** What is wrong with the database: not there, too old, without the newest tables; and with people who are no safer than their passwords. Changes nothing in it. */
export async function databaseFindings(settings: Settings, terminal: Terminal): Promise<Finding[]> {
  const { databaseUrl, dataDir } = settings;
  try {
    if (databaseUrl !== undefined) return await look(databaseUrl);
    if (!existsSync(join(dataDir, 'postgres'))) return [notMade];
    return await withDatabase(settings, terminal, look);
  } catch (error) {
    return [unreachable(reason(error))];
  }
}

async function look(url: string): Promise<Finding[]> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: PATIENCE,
    query_timeout: PATIENCE,
    application_name: 'gatehouse-check',
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const ofTables = await ofMigrations(client);
    const ofPeople = ofTables.length === 0 ? await peopleFindings(client) : [];
    return [...(await ofVersion(client)), ...ofTables, ...ofPeople];
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function ofVersion(client: pg.Client): Promise<Finding[]> {
  const { rows } = await client.query<{ number: number; name: string }>(
    `SELECT current_setting('server_version_num')::int AS number, current_setting('server_version') AS name`,
  );
  return rows.filter(({ number }) => number < OLDEST).map(({ name }) => tooOld(name));
}

async function ofMigrations(client: pg.Client): Promise<Finding[]> {
  const known = migrations.map((Migration) => new Migration().name);
  const applied = await appliedMigrations(client);
  const missing = known.filter((name) => !applied.includes(name));
  const strange = applied.filter((name) => !known.includes(name));
  return [
    ...(missing.length > 0 ? [behind(missing)] : []),
    ...(strange.length > 0 ? [ahead(strange)] : []),
  ];
}

async function appliedMigrations(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ found: string | null }>(
    `SELECT to_regclass('migrations')::text AS found`,
  );
  if (!rows[0]?.found) return [];
  const result = await client.query<{ name: string }>('SELECT name FROM migrations ORDER BY id');
  return result.rows.map(({ name }) => name);
}

const notMade = finding({
  id: 'gatehouse.I101',
  message: 'The embedded database does not exist yet',
  advice: 'The first start of the server, or of a command that needs it, makes it.',
});

const unreachable = (why: string) =>
  finding({
    id: 'gatehouse.E101',
    message: `The database cannot be asked: ${why.replace(/\.$/, '')}`,
    advice:
      'See whether DATABASE_URL is right, and whether the database runs and lets this machine in.',
  });

const tooOld = (version: string) =>
  finding({
    id: 'gatehouse.E102',
    message: `The database is PostgreSQL ${version}, and 14 or later is needed`,
    advice: 'Upgrade it, or point DATABASE_URL to another one.',
  });

const behind = (missing: readonly string[]) =>
  finding({
    id: 'gatehouse.W101',
    message: `The database lacks migrations: ${missing.join(', ')}`,
    advice: 'They are applied when the server starts, or now by: npm run cli -- migrate.',
  });

const ahead = (strange: readonly string[]) =>
  finding({
    id: 'gatehouse.W102',
    message: `The database has migrations that this version does not know: ${strange.join(', ')}`,
    advice: 'A newer version has used it. Run that one, or restore a backup from before.',
  });
