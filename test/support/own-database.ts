import { run, withDatabase } from './test-database.js';

/** A migrated database that nobody else uses; `drop` it when its application is closed. */
export async function ownDatabase(
  purpose: string,
): Promise<{ url: string; drop(): Promise<void> }> {
  const server = process.env['DATABASE_URL'] ?? '';
  const name = `${purpose}_${process.env['JEST_WORKER_ID'] ?? '1'}`;
  const drop = () => run(server, [`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`]);
  await drop();
  await run(server, [`CREATE DATABASE ${name} TEMPLATE template`]);
  return { url: withDatabase(server, name), drop };
}
