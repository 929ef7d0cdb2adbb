import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, readlinkSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { at } from './places.mjs';
import { withProgress } from './progress.mjs';

const file = at('.data', 'prepare.lock');

/**
 * Installs and builds take turns. The lock is a symlink that names its holder and the program it runs; when both
 * are dead it is taken over. (Its older sister in src/database/embedded cannot be used before the build.)
 */
export async function withLock(work) {
  mkdirSync(at('.data'), { recursive: true, mode: 0o700 });
  const turn = randomUUID();
  const text = (child) => JSON.stringify({ turn, holders: [identify(process.pid), child] });
  let mine = text();
  const waiting = async () => {
    while (!take(mine)) await sleep(100);
  };
  if (!take(mine)) await withProgress('Waiting for another start of Gatehouse …', waiting);
  const onStart = (pid) => {
    mine = text(identify(pid));
    symlinkSync(mine, `${file}.${turn}`);
    renameSync(`${file}.${turn}`, file);
  };
  try {
    return await work(onStart);
  } finally {
    if (read() === mine) rmSync(file, { force: true });
  }
}

function take(mine) {
  const found = read();
  if (found !== undefined && isHeld(found)) return false;
  if (found !== undefined) discard(found);
  try {
    symlinkSync(mine, file);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

/** Only one process can rename it away; if it was not the dead one's after all, it is put back. */
function discard(stale) {
  const aside = `${file}.${randomUUID()}`;
  try {
    renameSync(file, aside);
    const moved = readlinkSync(aside);
    if (moved !== stale) symlinkSync(moved, file);
    rmSync(aside, { force: true });
  } catch {
    // Another process was quicker.
  }
}

function read() {
  try {
    return readlinkSync(file);
  } catch {
    return undefined;
  }
}

function isHeld(text) {
  try {
    const { holders } = JSON.parse(text);
    return holders.some((holder) => holder && identify(holder.pid)?.started === holder.started);
  } catch {
    return false;
  }
}

/** A process id, and on Linux when it was started, since numbers are used again. */
function identify(pid) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (error.code !== 'EPERM') return undefined;
  }
  try {
    const [state, ...rest] = readFileSync(`/proc/${pid}/stat`, 'latin1')
      .split(') ')
      .pop()
      .split(' ');
    return state === 'Z' ? undefined : { pid, started: rest[18] };
  } catch {
    return { pid, started: 'unknown' };
  }
}
