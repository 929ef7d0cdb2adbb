import pg from 'pg';
import { DataSource, type DataSourceOptions } from 'typeorm';

/** Names the lock; any constant will do as long as nobody else uses it. */
const LOCK = 7_165_201_987;
/** Held by the very session that migrates. */
const AT_WORK = 7_165_201_985;
/** SQLSTATE: nothing was ever applied. */
const UNDEFINED_TABLE = '42P01';

/**
 * Applies the migrations that are missing, all or none. Under an advisory lock, so that of many nodes that
 * start at once one migrates and the others wait for it. Returns the names of those that were applied.
 */
export async function migrate(dataSource: DataSource, url: string): Promise<string[]> {
  const guard = new pg.Client({ connectionString: url, application_name: 'gatehouse-migrate' });
  guard.on('error', () => undefined); // the migrations lose theirs, too, and say so
  await guard.connect();
  try {
    await guard.query('SELECT pg_advisory_lock($1)', [LOCK]);
    await waitForTheDead(guard);
    const patient = await new DataSource(patiently(dataSource.options)).initialize();
    try {
      await patient.query('SELECT pg_advisory_lock($1)', [AT_WORK]);
      const applied = await patient.runMigrations({ transaction: 'all' });
      return applied.map(({ name }) => name);
    } finally {
      await patient.destroy();
    }
  } finally {
    await guard.end().catch(() => undefined); // the lock goes with the connection, also when this process dies
  }
}

/**
 * A process that was killed lets go of the guard at once, but PostgreSQL first ends the statement that it was at: what
 * that makes is there, or is not, only then.
 */
async function waitForTheDead(guard: pg.Client): Promise<void> {
  await guard.query('SELECT pg_advisory_lock($1)', [AT_WORK]);
  await guard.query('SELECT pg_advisory_unlock($1)', [AT_WORK]);
}

/**
 * Whether all of these were applied: one statement, where TypeORM first reads what all entities say and then asks some
 * ten. Whoever gets a no asks `migrate`, which looks again under its lock.
 */
export async function areApplied(
  migrations: readonly { readonly name: string }[],
  url: string,
): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, application_name: 'gatehouse-migrate' });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>('SELECT name FROM migrations');
    const applied = new Set(rows.map(({ name }) => name));
    return migrations.every(({ name }) => applied.has(name));
  } catch (error) {
    if ((error as { code?: unknown }).code === UNDEFINED_TABLE) return false;
    throw error;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/**
 * The index of a table of millions takes longer than a request may wait for its answer. A table that somebody else
 * holds is still not waited for long: whoever wants it meanwhile would stand behind.
 */
const patiently = (options: DataSourceOptions): DataSourceOptions =>
  ({
    ...options,
    poolSize: 1, // the session that holds the lock is the one that migrates
    extra: { ...(options.extra as object), statement_timeout: 0, query_timeout: 0 },
  }) as DataSourceOptions;
