import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type Binaries } from './binaries.js';
import { type Places, ROLE, passwordFile } from './places.js';
import { CHILD_ENVIRONMENT, type RunAs } from './run-as.js';

const UNFINISHED = 'postgres.unfinished-';

interface Workshop {
  readonly places: Places;
  readonly binaries: Binaries;
  readonly runAs: RunAs;
  readonly durable: boolean;
}

/** Whether there is a cluster to open. @throws Error when there is something else, or one of another major. */
export function clusterExists(cluster: string, major: string): boolean {
  const version = join(cluster, 'PG_VERSION');
  if (existsSync(version)) {
    assertSameMajor(cluster, readFileSync(version, 'utf8').trim(), major);
    return true;
  }
  if (existsSync(cluster) && readdirSync(cluster).length > 0) {
    throw new Error(
      `${cluster} is not a PostgreSQL data directory. Move it away and start again, or set DATA_DIR.`,
    );
  }
  return false;
}

function assertSameMajor(cluster: string, found: string, major: string): void {
  if (found === major) return;
  throw new Error(
    `${cluster} was written by PostgreSQL ${found}, and this version of Gatehouse brings PostgreSQL ${major}, which ` +
      `cannot open it. Go back to the release you used, dump the data, and load them into a new data directory.`,
  );
}

/**
 * Makes the cluster beside its place and moves it there when it is whole, password and database included: one
 * that was interrupted is never mistaken for one, and of two that are made at once one wins.
 */
export async function createCluster(workshop: Workshop): Promise<void> {
  const { places, runAs } = workshop;
  forgetUnfinished(places.root);
  const site = mkdtempSync(join(places.root, UNFINISHED));
  try {
    chmodSync(site, 0o700);
    await build(workshop, site);
    moveIntoPlace(join(site, 'data'), places.cluster, workshop.binaries.major);
  } catch (error) {
    throw new Error(`The database could not be created: ${(error as Error).message}`, {
      cause: error,
    });
  } finally {
    rmSync(site, { recursive: true, force: true, maxRetries: 3 });
  }
  chownSync(places.cluster, runAs.owner.uid, runAs.owner.gid);
}

async function build(workshop: Workshop, site: string): Promise<void> {
  const { binaries, runAs, durable } = workshop;
  const { uid, gid } = runAs.owner;
  const data = join(site, 'data');
  const password = join(site, 'password');
  writeFileSync(password, randomBytes(24).toString('base64url'), { mode: 0o600 });
  mkdirSync(data, { mode: 0o700 });
  for (const path of [password, data, site]) chownSync(path, uid, gid);
  const identity = ['--username', ROLE, '--auth', 'scram-sha-256', '--pwfile', password];
  // PostgreSQL's own C.UTF-8: the same on every system, and never changed by an update of its C library.
  const words = ['--encoding', 'UTF8', '--locale', 'C', '--locale-provider', 'builtin'];
  const rest = ['--builtin-locale', 'C.UTF-8', '--no-instructions', '--no-sync'];
  await run(runAs, [binaries.initdb, '-D', data, ...identity, ...words, ...rest]);
  const alone = [binaries.postgres, '--single', '-D', data, '-c', 'fsync=off', 'postgres'];
  await run(runAs, alone, `CREATE DATABASE ${ROLE}\n`);
  renameSync(password, passwordFile(data));
  if (durable) await run(runAs, [binaries.initdb, '--sync-only', '-D', data]);
}

function moveIntoPlace(made: string, cluster: string, major: string): void {
  try {
    renameSync(made, cluster);
  } catch (error) {
    if (!clusterExists(cluster, major)) throw error; // otherwise another process was quicker
  }
}

function forgetUnfinished(root: string): void {
  for (const name of readdirSync(root).filter((entry) => entry.startsWith(UNFINISHED))) {
    rmSync(join(root, name), { recursive: true, force: true, maxRetries: 3 });
  }
}

function run(runAs: RunAs, words: readonly string[], input = ''): Promise<void> {
  const [command = '', ...args] = [...runAs.prefix, ...words];
  const child = spawn(command, args, { ...runAs.ids, env: CHILD_ENVIRONMENT, cwd: '/' });
  let said = '';
  child.stdout.resume();
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  child.stdin.on('error', () => undefined).end(input);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(said.trim() || `${command} ended with code ${String(code)}`));
    });
  });
}
