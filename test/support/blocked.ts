import { setTimeout as sleep } from 'node:timers/promises';
import type { TestApp } from './test-app.js';

/**
 * Changes a row in a transaction that stays open until all who are `asked` meanwhile wait in the database for one another
 * or for it, and then commits: what they have decided before, they decided by what was.
 */
export async function meanwhile<T>(
  { database }: Pick<TestApp, 'database'>,
  statement: string,
  values: readonly unknown[],
  asked: () => readonly Promise<T>[],
): Promise<T[]> {
  const runner = database.createQueryRunner();
  await runner.startTransaction();
  await runner.query(statement, [...values]);
  const waiting = asked();
  for (let i = 0; i < 500 && (await blockedIn(database)) < waiting.length; i++) await sleep(10);
  await runner.commitTransaction();
  await runner.release();
  return Promise.all(waiting);
}

async function blockedIn(database: TestApp['database']): Promise<number> {
  const rows = await database.query<unknown[]>(
    `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
  );
  return rows.length;
}
