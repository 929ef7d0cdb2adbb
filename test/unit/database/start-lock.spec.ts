import { existsSync, lstatSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { self } from '../../../src/database/embedded/process-identity.js';
import { withStartLock } from '../../../src/database/embedded/start-lock.js';

describe('the start lock', () => {
  let directory: string;
  let lock: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'gatehouse-unit-'));
    lock = join(directory, 'lock');
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  it('lets one work at a time', async () => {
    let inside = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      most = Math.max(most, ++inside);
      await sleep(5);
      inside--;
    };
    await Promise.all(Array.from({ length: 5 }, () => withStartLock(lock, work)));
    expect(most).toBe(1);
    expect(existsSync(lock)).toBe(false);
  });

  it('is given back when the work fails', async () => {
    const failed = withStartLock(lock, () => Promise.reject(new Error('no')));
    await expect(failed).rejects.toThrow('no');
    await expect(withStartLock(lock, () => Promise.resolve(1))).resolves.toBe(1);
  });

  it.each([
    ['a dead process', JSON.stringify({ pid: 2 ** 31 - 1, started: 'x' })],
    ['an earlier process with our number', JSON.stringify({ ...self(), started: 'x' })],
    ['nobody that can be read', 'nonsense'],
  ])('is taken over from %s', async (_name, holder) => {
    symlinkSync(holder, lock);
    const held = await withStartLock(lock, () => Promise.resolve(lstatSync(lock).isSymbolicLink()));
    expect(held).toBe(true);
  });
});
