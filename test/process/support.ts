import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { transformFileSync } from '@swc/core';
import pg from 'pg';
import {
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  startEmbeddedPostgres,
} from '../../src/database/embedded/embedded-postgres.js';

const REPOSITORY = resolve(__dirname, '../..');
const CHILD = 'test/process/embedded-child.ts';
const MODULES = 'src/database/embedded';

/** What a test has begun and `cleanUp` ends. */
const begun = { children: new Set<ChildProcess>(), databases: new Set<EmbeddedPostgres>() };
const directories = new Set<string>();

/** Where the programs that tests start lie compiled, and a cluster that was used before. */
let workshop = '';
let template = '';
let dataDir = '';

/** Prepares for a file of tests, each with a data directory of its own, and cleans up behind each. */
export function prepareDatabaseTests(): void {
  beforeAll(async () => {
    workshop = mkdtempSync(join(tmpdir(), 'gatehouse-workshop-'));
    template = join(workshop, 'data');
    compileChild();
    const database = await startEmbeddedPostgres(template, { durable: false });
    await query(database.url, `CREATE TABLE letters AS SELECT 'a' AS word`);
    await database.stop();
  });
  beforeEach(() => {
    dataDir = join(scratch(), 'data');
  });
  afterEach(cleanUp);
  afterAll(() => {
    rmSync(workshop, { recursive: true });
  });
}

/** A program of its own starts twenty times sooner when it has not to compile itself first. */
function compileChild(): void {
  const parts = readdirSync(join(REPOSITORY, MODULES)).map((name) => join(MODULES, name));
  for (const path of [CHILD, ...parts]) {
    const options = { jsc: { target: 'es2022', parser: { syntax: 'typescript' } } } as const;
    const { code } = transformFileSync(join(REPOSITORY, path), { ...options, swcrc: false });
    mkdirSync(join(workshop, dirname(path)), { recursive: true });
    writeFileSync(join(workshop, path.replace(/ts$/, 'js')), code);
  }
  writeFileSync(join(workshop, 'package.json'), '{"type":"module"}');
  symlinkSync(join(REPOSITORY, 'node_modules'), join(workshop, 'node_modules'));
  chmodSync(workshop, 0o755);
}

/** The data directory of the running test. */
export const here = (): string => dataDir;

/** Gives the test a data directory of another name. */
export function moveTo(name: string): void {
  dataDir = join(dirname(dataDir), name);
}

/** Most tests begin with a cluster that was used before; to copy one is quicker than to make it. */
export function usedBefore(): void {
  spawnSync('cp', ['-a', template, dataDir]);
}

export async function start(options: EmbeddedPostgresOptions = {}): Promise<EmbeddedPostgres> {
  const database = await startEmbeddedPostgres(dataDir, { durable: false, ...options });
  begun.databases.add(database);
  return database;
}

/** Whether any server process of the running test's data directory is alive. */
export const served = (): boolean => serversIn(dataDir).length > 0;

export async function expectKept(url: string): Promise<void> {
  expect(await queryPatiently(url, COUNT)).toEqual([{ letters: 1 }]);
}

export const COUNT = 'SELECT count(*)::int AS letters FROM letters';

function scratch(): string {
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-process-'));
  directories.add(directory);
  return directory;
}

async function cleanUp(): Promise<void> {
  for (const database of begun.databases) await database.stop();
  killChildren();
  for (const directory of directories) {
    await eventually(() => serversIn(directory).length === 0);
    rmSync(directory, { recursive: true, maxRetries: 3 });
  }
  begun.databases.clear();
  begun.children.clear();
  directories.clear();
}

export function killChildren(): void {
  for (const child of begun.children) child.kill('SIGKILL');
}

export interface Said {
  readonly child: ChildProcess;
  readonly url: string;
  readonly adopted: boolean;
}

/** Another program that starts the database of this directory. */
export async function startChild(
  life: 'lives' | 'ends',
  options: SpawnOptions = {},
): Promise<Said> {
  const program = join(workshop, CHILD.replace(/ts$/, 'js'));
  const child = spawn(process.execPath, [program, dataDir, life], {
    cwd: workshop,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...options,
  });
  begun.children.add(child);
  let out = '';
  let errors = '';
  child.stdout?.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const ended = once(child, 'close');
  await eventually(() => out.includes('\n') || hasEnded(child));
  if (!out.includes('\n')) {
    await ended;
    throw new Error(errors);
  }
  return { child, ...(JSON.parse(out) as { url: string; adopted: boolean }) };
}

const hasEnded = (child: ChildProcess): boolean =>
  child.exitCode !== null || child.signalCode !== null;

export async function query<T extends pg.QueryResultRow>(url: string, sql: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<T>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** Asks again until the database answers; a short outage is what these tests are about. */
export async function queryPatiently<T extends pg.QueryResultRow>(
  url: string,
  sql: string,
): Promise<T[]> {
  let answer: T[] | undefined;
  await eventually(async () => {
    answer = await query<T>(url, sql).catch(() => undefined);
    return answer !== undefined;
  });
  return answer!;
}

export const postmasterIn = (dataDir: string): number =>
  Number(readFileSync(join(dataDir, 'postgres/postmaster.pid'), 'utf8').split('\n')[0]);

/** The process ids of all server processes at work under this directory, whoever their parent is. */
export function serversIn(directory: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readlinkSync(`/proc/${pid}/cwd`).startsWith(`${directory}/`);
      } catch {
        return false;
      }
    })
    .map(Number);
}

/** The process ids of the shell that runs the server, and of its guard. */
export function watchdogsOf(postmaster: number): number[] {
  const { stdout } = spawnSync('ps', ['-eo', 'pid=,pgid=,comm='], { encoding: 'utf8' });
  const rows = stdout.split('\n').map((line) => line.trim().split(/\s+/));
  const group = rows.find(([pid]) => Number(pid) === postmaster)?.[1];
  return rows
    .filter(([, pgid, command]) => pgid === group && command !== 'postgres')
    .map(([pid]) => Number(pid));
}

export function kill(...pids: number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended together with another one.
    }
  }
}

export async function eventually(
  holds: () => boolean | Promise<boolean>,
  patience = 20_000,
): Promise<void> {
  const deadline = performance.now() + patience;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error('It never came true');
    await sleep(40);
  }
}
