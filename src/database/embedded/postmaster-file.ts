import { existsSync, readFileSync, readlinkSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandOf, isTaken } from './process-identity.js';
import { socketFile } from './socket-directory.js';

/** What PostgreSQL says about itself in `postmaster.pid`. */
export interface PostmasterFile {
  readonly pid: number;
  readonly socketDirectory: string;
  readonly status: string;
}

/** No process has it; PostgreSQL takes a file that names it for one left behind by a dead server. */
const NOBODY = 2 ** 31 - 1;

const pathIn = (cluster: string): string => join(cluster, 'postmaster.pid');

export function readPostmasterFile(cluster: string): PostmasterFile | undefined {
  try {
    return parsePostmasterFile(readFileSync(pathIn(cluster), 'utf8'));
  } catch {
    return undefined;
  }
}

/** Line 1 is the process id, line 5 the socket directory, line 8 the status; it is written line by line. */
export function parsePostmasterFile(text: string): PostmasterFile | undefined {
  const lines = text.split('\n').map((line) => line.trim());
  const pid = Number(lines[0]);
  if (!Number.isSafeInteger(pid) || pid <= 0) return undefined;
  return { pid, socketDirectory: lines[4] ?? '', status: lines[7] ?? '' };
}

/** Whether this process id is the server of this cluster, and not a program that was given the number later. */
export function servesCluster(pid: number, cluster: string): boolean {
  if (pid === NOBODY || !isTaken(pid)) return false;
  const directory = workingDirectory(pid);
  if (directory !== undefined) return directory === cluster; // PostgreSQL works in its data directory
  return commandOf(pid) === 'postgres' && sameOwner(pid, cluster);
}

function workingDirectory(pid: number): string | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    return readlinkSync(`/proc/${String(pid)}/cwd`);
  } catch {
    return undefined;
  }
}

function sameOwner(pid: number, cluster: string): boolean {
  if (process.platform !== 'linux') return true;
  try {
    return statSync(`/proc/${String(pid)}`).uid === statSync(cluster).uid;
  } catch {
    return false;
  }
}

/**
 * Clears what a server left behind that is no more. `postmaster.pid` is not deleted but told that its server is
 * dead: by its other lines PostgreSQL still waits for server processes that have outlived the first one.
 */
export function clearRemains(cluster: string, socketDirectory: string): void {
  const socket = socketFile(socketDirectory);
  rmSync(socket, { force: true });
  rmSync(`${socket}.lock`, { force: true });
  const text = readIfThere(pathIn(cluster));
  if (text === undefined) return;
  const [, ...lines] = text.split('\n');
  const cutShort = lines.length < 7; // PostgreSQL refuses such a file, and nothing can be learned from it
  if (cutShort) rmSync(pathIn(cluster));
  else writeFileSync(pathIn(cluster), [String(NOBODY), ...lines].join('\n'));
}

function readIfThere(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}
