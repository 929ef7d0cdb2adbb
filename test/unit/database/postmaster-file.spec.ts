import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  clearRemains,
  parsePostmasterFile,
  readPostmasterFile,
  servesCluster,
} from '../../../src/database/embedded/postmaster-file.js';

const TEXT = '4711\n/data/postgres\n1795000000\n5432\n/run/here\n\n  1234 5\nready   \n';

describe('postmaster.pid', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'gatehouse-unit-'));
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  it('is read', () => {
    const expected = { pid: 4711, socketDirectory: '/run/here', status: 'ready' };
    expect(parsePostmasterFile(TEXT)).toEqual(expected);
  });

  it('may be cut short, since it is written line by line', () => {
    expect(parsePostmasterFile('4711\n')).toEqual({ pid: 4711, socketDirectory: '', status: '' });
  });

  it.each(['', 'x', '-4711\n', '0\n'])('may be nonsense: %j', (text) => {
    expect(parsePostmasterFile(text)).toBeUndefined();
  });

  it('keeps the lines by which PostgreSQL finds surviving processes, and names nobody', () => {
    writeFileSync(join(directory, 'postmaster.pid'), TEXT);
    clearRemains(directory, directory);
    const kept = readFileSync(join(directory, 'postmaster.pid'), 'utf8');
    expect(kept.split('\n').slice(1)).toEqual(TEXT.split('\n').slice(1));
    expect(servesCluster(readPostmasterFile(directory)?.pid ?? 0, directory)).toBe(false);
  });

  it('is removed when it is cut short', () => {
    writeFileSync(join(directory, 'postmaster.pid'), '4711\n');
    clearRemains(directory, directory);
    expect(readPostmasterFile(directory)).toBeUndefined();
  });
});
