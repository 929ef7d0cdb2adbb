import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { findBinaries } from '../../src/database/embedded/binaries.js';
import { CHILD_ENVIRONMENT, chooseRunAs } from '../../src/database/embedded/run-as.js';
import { freePort } from './free-port.js';

const ROLE = 'gatehouse';
const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '60',
  shared_buffers: '32MB',
  // A killed process loses nothing by it: what it has written is with the kernel.
  fsync: 'off',
  full_page_writes: 'off',
  wal_level: 'replica',
  wal_keep_size: '128MB',
  hot_standby: 'on',
  wal_retrieve_retry_interval: '200ms',
  restart_after_crash: 'on',
  io_method: 'sync',
  jit: 'off',
  deadlock_timeout: '200ms',
  timezone: 'UTC',
};

/** A PostgreSQL of its own, from the binaries that came with npm, that can be hurt. */
export class Postgres {
  #child: ChildProcess | undefined;
  readonly port: Promise<number> = freePort();

  constructor(
    private readonly folder: string,
    private readonly extra: Readonly<Record<string, string>> = {},
  ) {}

  /** An empty one. Whoever comes over loopback is let in. */
  static create(folder: string): Postgres {
    const { initdb } = findBinaries();
    const { prefix, ids, owner } = runAs(folder);
    mkdirSync(join(folder, 'data'), { mode: 0o700 });
    chownSync(join(folder, 'data'), owner.uid, owner.gid);
    const [command, ...words] = [...prefix, initdb, '-D', join(folder, 'data')];
    const rest = ['--username', ROLE, '--auth', 'trust', '--encoding', 'UTF8', '--locale', 'C'];
    const { status, stderr } = spawnSync(command, [...words, ...rest, '--no-sync'], {
      ...ids,
      env: CHILD_ENVIRONMENT,
      cwd: '/',
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`initdb: ${stderr}`);
    return new Postgres(folder);
  }

  /**
   * A streaming replica, from a cold copy of this one's files (the binaries that came with npm have no
   * pg_basebackup). This one must not run.
   */
  async copy(folder: string): Promise<Postgres> {
    spawnSync('cp', ['-a', join(this.folder, 'data'), join(folder, 'data')]);
    const data = join(folder, 'data');
    writeFileSync(join(data, 'standby.signal'), '');
    const source = `host=127.0.0.1 port=${String(await this.port)} user=${ROLE} application_name=replica`;
    appendFileSync(join(data, 'postgresql.auto.conf'), `primary_conninfo = '${source}'\n`);
    return new Postgres(folder);
  }

  /** Resolves when it answers. */
  async start(): Promise<void> {
    const { prefix, ids } = runAs(this.folder);
    const settings = { ...SETTINGS, ...this.extra, port: String(await this.port) };
    const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const program = [findBinaries().postgres, '-D', join(this.folder, 'data'), ...flags];
    for (let tries = 0; tries < 40; tries++) {
      const [command, ...words] = [...prefix, ...program] as [string, ...string[]];
      const child = spawn(command, words, {
        ...ids,
        env: CHILD_ENVIRONMENT,
        cwd: '/',
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      this.#child = child;
      let said = '';
      child.stderr.on('data', (part: Buffer) => (said = (said + part.toString()).slice(-4000)));
      if (await this.answers(child)) return;
      if (!/shared memory|lock file/.test(said)) throw new Error(`PostgreSQL: ${said}`);
      await sleep(50); // what was killed has not ended yet
    }
    throw new Error('PostgreSQL did not start');
  }

  private async answers(child: ChildProcess): Promise<boolean> {
    for (let i = 0; i < 1500 && child.exitCode === null; i++) {
      const up = await this.query('SELECT 1').then(
        () => true,
        () => false,
      );
      if (up) return true;
      await sleep(20);
    }
    return false;
  }

  async url(name: string, port?: number): Promise<string> {
    return `postgres://${ROLE}@127.0.0.1:${String(port ?? (await this.port))}/${name}`;
  }

  async query<T extends pg.QueryResultRow>(sql: string, name = 'postgres'): Promise<T[]> {
    const client = new pg.Client({ connectionString: await this.url(name) });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return (await client.query<T>(sql)).rows;
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  /** The second becomes what the first is now. */
  async copyDatabase(from: string, to: string): Promise<void> {
    await this.query(`DROP DATABASE IF EXISTS ${to} WITH (FORCE)`);
    await this.query(`ALTER DATABASE ${from} ALLOW_CONNECTIONS false`);
    await this.query(
      `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '${from}'`,
    );
    await this.query(`CREATE DATABASE ${to} TEMPLATE ${from}`);
    await this.query(`ALTER DATABASE ${from} ALLOW_CONNECTIONS true`);
  }

  async readOnly(on: boolean): Promise<void> {
    await this.query(`ALTER SYSTEM SET default_transaction_read_only = ${on ? 'on' : 'off'}`);
    await this.query('SELECT pg_reload_conf()');
  }

  /** SIGINT: fast; SIGQUIT: at once, as a crash. */
  async stop(signal: 'SIGINT' | 'SIGQUIT' = 'SIGINT'): Promise<void> {
    const child = this.#child;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }

  /** The postmaster and all that it has begun, at once: so dies a machine. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    this.signal('SIGSTOP'); // so that none is begun meanwhile
    this.signal('SIGKILL');
    await ended;
  }

  signal(name: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL'): void {
    const pid = this.#child?.pid ?? 0;
    const send = (to: number) => {
      try {
        process.kill(to, name);
      } catch {
        // It has ended by itself.
      }
    };
    if (name === 'SIGSTOP') send(pid);
    for (const child of childrenOf(pid)) send(child);
    if (name !== 'SIGSTOP') send(pid);
  }
}

function runAs(folder: string) {
  chmodSync(folder, 0o711);
  return chooseRunAs({ root: folder, postgres: findBinaries().postgres });
}

export function childrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((each) => {
      try {
        const [, parent] =
          /\) \S (\d+)/.exec(readFileSync(`/proc/${String(each)}/stat`, 'utf8')) ?? [];
        return Number(parent) === pid;
      } catch {
        return false;
      }
    });
}
