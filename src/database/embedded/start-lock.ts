import { randomUUID } from 'node:crypto';
import { readlinkSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ProcessIdentity, isAlive, self } from './process-identity.js';

const PATIENCE = 120_000;

/**
 * Does the work while no other process does. The lock is a symlink whose text names its holder (it appears whole
 * or not at all, as a file would not), and a holder that died is succeeded. It keeps starts in order; that data
 * are never served twice is the duty of PostgreSQL's own lock.
 */
export async function withStartLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  const mine = JSON.stringify({ ...self(), turn: randomUUID() });
  await acquire(file, mine);
  try {
    return await work();
  } finally {
    if (read(file) === mine) rmSync(file, { force: true });
  }
}

async function acquire(file: string, mine: string): Promise<void> {
  const deadline = performance.now() + PATIENCE;
  while (!create(file, mine)) {
    const found = read(file);
    const holder = parseIdentity(found);
    if (found !== undefined && !(holder && isAlive(holder))) discard(file, found);
    else if (performance.now() > deadline) throw new StillLocked(file, holder?.pid);
    else await sleep(20);
  }
}

class StillLocked extends Error {
  constructor(file: string, pid: number | undefined) {
    super(
      `Another process${pid === undefined ? '' : ` (pid ${String(pid)})`} has been starting the database for two minutes. ` +
        `End it, or delete ${file} if there is none.`,
    );
  }
}

function create(file: string, content: string): boolean {
  try {
    symlinkSync(content, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Only one process can rename a given file away; if it was not the dead one's after all, it is put back. */
function discard(file: string, stale: string): void {
  const aside = `${file}.${randomUUID()}`;
  try {
    renameSync(file, aside);
  } catch {
    return;
  }
  const moved = read(aside);
  if (moved !== undefined && moved !== stale) create(file, moved);
  rmSync(aside, { force: true });
}

function read(file: string): string | undefined {
  try {
    return readlinkSync(file);
  } catch {
    return undefined;
  }
}

/** The process that a text written by us names; undefined when it is not such a text. */
export function parseIdentity(text: string | undefined): ProcessIdentity | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return isIdentity(value) ? { pid: value.pid, started: value.started } : undefined;
  } catch {
    return undefined;
  }
}

function isIdentity(value: unknown): value is ProcessIdentity {
  const { pid, started } = (value ?? {}) as Partial<Record<keyof ProcessIdentity, unknown>>;
  return typeof pid === 'number' && typeof started === 'string';
}
