import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findBinaries } from '../../../src/database/embedded/binaries.js';
import { clusterExists } from '../../../src/database/embedded/cluster.js';
import { readAccounts } from '../../../src/database/embedded/run-as.js';
import { lastWords, openLog } from '../../../src/database/embedded/server-log.js';
import { serverArguments } from '../../../src/database/embedded/server-options.js';
import {
  prepareSocketDirectory,
  socketDirectory,
} from '../../../src/database/embedded/socket-directory.js';

describe('the embedded database', () => {
  let directory: string;
  const us = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'gatehouse-unit-'));
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  it('asks for DATABASE_URL on Windows', () => {
    expect(() => findBinaries('win32')).toThrow('DATABASE_URL');
  });

  it('asks for DATABASE_URL where npm has no PostgreSQL', () => {
    expect(() => findBinaries('sunos')).toThrow('DATABASE_URL');
  });

  it('finds PostgreSQL 18', () => {
    expect(findBinaries().major).toBe('18');
  });

  it('refuses data of another major version in words', () => {
    writeFileSync(join(directory, 'PG_VERSION'), '17\n');
    expect(() => clusterExists(directory, '18')).toThrow(/PostgreSQL 17.*brings PostgreSQL 18/);
  });

  it('refuses a directory that is something else', () => {
    expect(clusterExists(directory, '18')).toBe(false);
    writeFileSync(join(directory, 'holiday.jpg'), '');
    expect(() => clusterExists(directory, '18')).toThrow('not a PostgreSQL data directory');
  });

  describe('socket', () => {
    it('lies in the cluster when the path is short enough for a socket', () => {
      expect(socketDirectory('/data/postgres')).toBe('/data/postgres');
    });

    it('lies in a fixed place for the cluster otherwise', () => {
      const long = `/${'a'.repeat(90)}`;
      expect(socketDirectory(long, '/tmp')).toMatch(/^\/tmp\/gatehouse-[0-9a-f]{16}$/);
      expect(socketDirectory(long, '/tmp')).toBe(socketDirectory(long, '/tmp'));
      expect(socketDirectory(`${long}b`, '/tmp')).not.toBe(socketDirectory(long, '/tmp'));
    });

    it('lies elsewhere when the path has a meaning in a list of directories', () => {
      expect(socketDirectory('/a,b', '/tmp')).toMatch(/^\/tmp\//);
    });

    it('directory is private and can be used again', () => {
      const place = join(directory, 'socket');
      prepareSocketDirectory(place, us);
      prepareSocketDirectory(place, us);
      expect(statSync(place).mode & 0o777).toBe(0o700);
    });

    const plants: [string, (place: string) => void][] = [
      [
        'a symlink',
        (place) => {
          mkdirSync(`${place}2`);
          symlinkSync(`${place}2`, place);
        },
      ],
      [
        'a file',
        (place) => {
          writeFileSync(place, '', { mode: 0o600 });
        },
      ],
      [
        'open to others',
        (place) => {
          mkdirSync(place);
          chmodSync(place, 0o755);
        },
      ],
    ];
    it.each(plants)('directory is refused when it is %s', (_name, plant) => {
      const place = join(directory, 'socket');
      plant(place);
      expect(() => {
        prepareSocketDirectory(place, us);
      }).toThrow('not a private directory');
    });
  });

  it('starts a new log when the old one has grown', () => {
    const log = join(directory, 'log');
    writeFileSync(log, 'x'.repeat(20));
    openLog(log, 10);
    expect(statSync(log)).toMatchObject({ size: 0 });
    expect(statSync(log).mode & 0o777).toBe(0o600);
    expect(statSync(`${log}.1`).size).toBe(20);
  });

  it('reports the last words of a server without their date', () => {
    const said = '2026-01-02 03:04:05.678 UTC [42] FATAL:  no space\nsh: postgres: not found\n';
    expect(lastWords(said)).toBe('  FATAL:  no space\nsh: postgres: not found');
    expect(lastWords('x\n'.repeat(99)).split('\n')).toHaveLength(6);
  });

  it('is careful with data unless told otherwise', () => {
    expect(serverArguments('/c', '/s', true)).not.toContain('fsync=off');
    expect(serverArguments('/c', '/s', false)).toContain('fsync=off');
    expect(serverArguments('/c', '/s', true)).toContain('listen_addresses=');
  });

  it('reads accounts', () => {
    const accounts = readAccounts(
      'root:x:0:0:root:/root:/bin/sh\n\nnobody:x:65534:65533::/:/bin/false\n',
    );
    expect(accounts.get('nobody')).toEqual({ uid: 65534, gid: 65533 });
    expect(accounts.size).toBe(2);
  });
});
