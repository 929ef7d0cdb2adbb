import cluster from 'node:cluster';
import {
  type Environment,
  InvalidSettings,
  readSettings,
  type Settings,
} from './config/settings.js';
import { createDataSource } from './data-source.js';
import { areApplied, migrate } from './database/migrate.js';
import { migrations } from './database/migrations/index.js';
import { ServerLock } from './database/server-lock.js';
import { endOnSignals } from './interruption.js';
import { loadAtOnce } from './load-at-once.js';
import { openDatabase, type OpenDatabase } from './open-database.js';
import { findServer, forgetServer, noteServer } from './running-server.js';
import { Workers } from './workers.js';

const say = (line: string) => {
  process.stdout.write(`${line}\n`);
};

/** Milliseconds beyond `SHUTDOWN_TIMEOUT` before a worker that does not end is killed. */
const MARGIN = 5000;

/**
 * `npm start`, once everything is installed and built. Ends the process with 1 if it cannot serve.
 *
 * @param given the environment without what `.env` added
 */
export async function serve(environment: Environment, given: Environment): Promise<void> {
  try {
    const settings = readSettings(environment);
    if (cluster.isWorker) await workAsOne(settings);
    else await start(settings, namesAdded(environment, given), endOnSignals());
  } catch (error) {
    process.stderr.write(`${explain(error)}\n`);
    process.exit(1);
  }
}

async function start(
  settings: Settings,
  ofFile: readonly string[],
  release: () => void,
): Promise<void> {
  const database = await openDatabase(settings, say);
  const lock = database.embedded ? await ServerLock.take(database.url) : undefined;
  if (database.embedded && lock === undefined) {
    await database.close();
    const running = findServer(settings.dataDir);
    say(`Gatehouse is already running on this data${running ? ` at ${running.url}` : ''}.`);
    process.exit(1);
  }
  await applyMigrations(settings, database);
  const serving = await (settings.workers === 1
    ? inThisProcess(settings, database)
    : inWorkers(settings, database, ofFile));
  release();
  stopOnSignals(serving, settings, { database, lock });
  const url = await serving.begin();
  if (database.embedded) noteServer(settings.dataDir, { pid: process.pid, url });
  greet(settings, url);
}

const namesAdded = (environment: Environment, given: Environment): string[] =>
  Object.keys(environment).filter((name) => given[name] === undefined);

/** What answers, in this process or in others. */
interface Serving {
  /** Its address, once it answers. */
  begin(): Promise<string>;
  end(): Promise<void>;
  /** Whoever asks twice does not wait. */
  endAtOnce(): void;
}

async function workAsOne(settings: Settings): Promise<void> {
  // eslint-disable-next-line no-restricted-syntax -- as below
  const { work } = await loadAtOnce('./worker.js', () => import('./worker.js'));
  await work(settings);
}

// eslint-disable-next-line no-restricted-syntax -- a parent of workers need not load what answers: 80 MB
const loadServer = () => loadAtOnce('./server.js', () => import('./server.js'));

async function inThisProcess(settings: Settings, { url }: OpenDatabase): Promise<Serving> {
  const { Server } = await loadServer();
  const server = await Server.make(settings, url);
  return {
    begin: () => server.listen(),
    end: () => server.close(),
    endAtOnce: () => undefined,
  };
}

function inWorkers(settings: Settings, database: OpenDatabase, ofFile: readonly string[]): Serving {
  const workers = new Workers({
    count: settings.workers,
    environment: {
      ...Object.fromEntries(ofFile.map((name) => [name, undefined])), // each reads the file itself
      ...(database.embedded && { DATABASE_URL: database.url }),
    },
    patience: settings.shutdownTimeout * 1000 + MARGIN,
    say,
  });
  process.on('SIGHUP', () => void workers.reload());
  return {
    begin: () => workers.start(),
    end: () => workers.stop(),
    endAtOnce: () => {
      workers.kill();
    },
  };
}

async function applyMigrations(settings: Settings, database: OpenDatabase): Promise<void> {
  const url = settings.databaseDirectUrl ?? database.url;
  if (await areApplied(migrations, url)) return;
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
}

/** Ctrl-C or SIGTERM: requests under way are served, then everything ends; a second one ends it at once. */
function stopOnSignals(serving: Serving, settings: Settings, held: Held): void {
  let ending = false;
  const end = (): void => {
    if (ending) {
      serving.endAtOnce();
      process.exit(1);
    }
    ending = true;
    stop(serving, settings, held).catch((error: unknown) => {
      process.stderr.write(`${explain(error)}\n`);
      process.exit(1);
    });
  };
  process.on('SIGINT', end);
  process.on('SIGTERM', end);
}

async function stop(serving: Serving, settings: Settings, { database, lock }: Held): Promise<void> {
  say('Stopping: serving the requests under way …');
  await serving.end();
  if (database.embedded) forgetServer(settings.dataDir);
  await lock?.release();
  await database.close();
  say('Stopped.');
  process.exit(0);
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
