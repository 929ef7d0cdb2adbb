import type { AddressInfo } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { closeApp, createApp } from './app.js';
import { AppLogger } from './common/logger.js';
import {
  type Environment,
  InvalidSettings,
  readSettings,
  type Settings,
} from './config/settings.js';
import { createDataSource } from './data-source.js';
import { migrate } from './database/migrate.js';
import { ServerLock } from './database/server-lock.js';
import { Readiness } from './health/readiness.js';
import { endOnSignals } from './interruption.js';
import { openDatabase, type OpenDatabase } from './open-database.js';
import { findServer, forgetServer, noteServer } from './running-server.js';

const say = (line: string) => {
  process.stdout.write(`${line}\n`);
};

/** `npm start`, once everything is installed and built. Ends the process with 1 if it cannot serve. */
export async function serve(environment: Environment): Promise<void> {
  try {
    await start(readSettings(environment), endOnSignals());
  } catch (error) {
    process.stderr.write(`${explain(error)}\n`);
    process.exit(1);
  }
}

async function start(settings: Settings, release: () => void): Promise<void> {
  const database = await openDatabase(settings, say);
  const lock = database.embedded ? await ServerLock.take(database.url) : undefined;
  if (database.embedded && lock === undefined) {
    await database.close();
    const running = findServer(settings.dataDir);
    say(`Gatehouse is already running on this data${running ? ` at ${running.url}` : ''}.`);
    process.exit(1);
  }
  await applyMigrations(settings, database);
  const logger = new AppLogger({
    level: settings.logLevel,
    format: settings.logFormat ?? (process.stdout.isTTY ? 'pretty' : 'json'),
  });
  const app = await createApp({ settings, databaseUrl: database.url, logger });
  release();
  stopOnSignals(app, settings, { database, lock, logger });
  await app.listen(settings.port, settings.host);
  if (database.embedded) {
    noteServer(settings.dataDir, { pid: process.pid, url: addressOf(app, settings) });
  }
  greet(settings, addressOf(app, settings));
}

async function applyMigrations(settings: Settings, { url }: OpenDatabase): Promise<void> {
  const dataSource = await createDataSource(settings, url).initialize();
  try {
    const applied = await migrate(dataSource, url);
    if (applied.length > 0) say(`Migrations applied: ${applied.join(', ')}`);
  } finally {
    await dataSource.destroy();
  }
}

interface Held {
  readonly database: OpenDatabase;
  readonly lock: ServerLock | undefined;
  readonly logger: AppLogger;
}

/** Ctrl-C or SIGTERM: requests under way are served, then everything ends; a second one ends it at once. */
function stopOnSignals(app: NestFastifyApplication, settings: Settings, held: Held): void {
  let ending = false;
  const end = (): void => {
    if (ending) process.exit(1);
    ending = true;
    app.get(Readiness, { strict: false }).leave();
    stop(app, settings, held).catch((error: unknown) => {
      process.stderr.write(`${explain(error)}\n`);
      process.exit(1);
    });
  };
  process.on('SIGINT', end);
  process.on('SIGTERM', end);
}

async function stop(
  app: NestFastifyApplication,
  settings: Settings,
  { database, lock, logger }: Held,
): Promise<void> {
  say('Stopping: serving the requests under way …');
  await closeApp(app, settings);
  if (database.embedded) forgetServer(settings.dataDir);
  await lock?.release();
  await database.close();
  logger.flush();
  say('Stopped.');
  process.exit(0);
}

function addressOf(app: NestFastifyApplication, settings: Settings): string {
  const { port } = app.getHttpServer().address() as AddressInfo;
  return settings.publicUrl.replace(/:0$/, `:${String(port)}`);
}

function greet(settings: Settings, url: string): void {
  const mail = settings.smtpUrl === undefined ? `${settings.dataDir}/outbox` : 'the SMTP server';
  say(`
Gatehouse is ready.

  API    ${url}/v1
  Docs   ${url}/docs
  Mail   goes to ${mail}

Next: register at ${url}/docs, or make yourself an administrator:
  npm run cli -- createsuperuser --email you@example.com
`);
}

function explain(error: unknown): string {
  if (error instanceof InvalidSettings) return error.message;
  const { code, message, stack } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') {
    return 'The port is taken by another program. Choose another one: PORT=3001 npm start';
  }
  return `Gatehouse had to end: ${message || String(error)}${code ? '' : `\n${stack ?? ''}`}`;
}
