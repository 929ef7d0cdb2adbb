import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Settings } from './config/settings.js';
import { isDatabaseAway } from './database/database-errors.js';
import { startEmbeddedPostgres } from './database/embedded/embedded-postgres.js';

/** A database to work with, and how to let go of it. */
export interface OpenDatabase {
  readonly url: string;
  readonly embedded: boolean;
  close(): Promise<void>;
}

/** Seconds that a configured database may take to come up before the start gives up. */
const PATIENCE = 60;

/** The one of DATABASE_URL, or else the embedded one, started if it does not run. */
export async function openDatabase(
  settings: Settings,
  say: (line: string) => void,
): Promise<OpenDatabase> {
  if (settings.databaseUrl !== undefined) {
    await waitFor(settings.databaseUrl, say);
    return { url: settings.databaseUrl, embedded: false, close: () => Promise.resolve() };
  }
  const postgres = await startEmbeddedPostgres(settings.dataDir, { onLog: say });
  return { url: postgres.url, embedded: true, close: () => postgres.stop() };
}

async function waitFor(url: string, say: (line: string) => void): Promise<void> {
  for (let seconds = 0; ; seconds += 2) {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 3000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.end();
      return;
    } catch (error) {
      if (!isDatabaseAway(error) || seconds >= PATIENCE) throw error;
      say('Waiting for the database of DATABASE_URL …');
      await sleep(2000);
    }
  }
}
