import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readSettings } from '../../src/config/settings.js';
import { createDataSource } from '../../src/data-source.js';
import { migrate } from '../../src/database/migrate.js';
import { hasRedis, RedisServer } from '../support/redis-server.js';
import { type Command, ServerProcess } from '../support/server-process.js';
import { ask } from './ask.js';
import { Cast, type Member } from './cast.js';
import { freePort } from './free-port.js';
import { Haproxy, hasHaproxy } from './haproxy.js';
import { MailSink } from './mail-sink.js';
import { Postgres } from './postgres-pair.js';
import { Wire } from './wire.js';

/** How long and how hard: `npm run test:faults` takes its time, CI less. */
export const FULL = process.env['FAULTS'] === 'full';

/** Told instead of a test, where what it needs is not installed. */
export const missing: string | undefined = hasHaproxy
  ? hasRedis
    ? undefined
    : 'redis-server is not installed'
  : 'haproxy is not installed';

/** `describe`, or what says why not. */
export const describeFleet = (name: string, tests: () => void): void => {
  if (missing === undefined) describe(name, tests);
  else describe.skip(`${name} (skipped: ${missing})`, tests);
};

/** What takes long, and is seldom otherwise than what is tried in CI. */
export const itInFull = FULL ? it : it.skip;

export interface FleetOptions {
  readonly nodes?: number;
  readonly replica?: boolean;
  /** Megabytes that the primary has to itself, if it can be given a file system of its own. */
  readonly disk?: number;
  readonly environment?: Readonly<Record<string, string>>;
}

const DATABASE = 'fleet';

/** Two nodes behind HAProxy, on PostgreSQL with a replica, Redis and a mail server, all on this machine. */
export class Fleet {
  readonly folder = mkdtempSync(join(tmpdir(), 'gatehouse-faults-'));
  readonly redis = new RedisServer();
  readonly mails = new MailSink();
  readonly proxy = new Haproxy(this.folder);
  readonly nodes: ServerProcess[] = [];
  readonly key = randomBytes(32);
  readonly #ports: number[] = [];
  readonly #outputs: string[] = [];
  #hasDisk = false;
  #keeper: (() => void) | undefined;
  primary!: Postgres;
  replica: Postgres | undefined;
  wire!: Wire;
  cast!: Cast;
  /** What a request needs to show that the fleet works: somebody of her own. */
  probe!: Member;

  constructor(private readonly options: FleetOptions = {}) {}

  async start(): Promise<void> {
    await this.startDatabase();
    await Promise.all([this.redis.start(), this.mails.start()]);
    for (let i = 0; i < (this.options.nodes ?? 2); i++) this.#ports.push(await freePort());
    await Promise.all(this.#ports.map((_, i) => this.launch(i)));
    await this.proxy.start(this.#ports);
    this.cast = await Cast.on(await this.primary.url(DATABASE), this.key);
    this.probe = await this.cast.member();
    this.#keeper = () => {
      this.primary.signal('SIGKILL'); // whatever ends the tests ends what they began
      this.replica?.signal('SIGKILL');
    };
    process.once('exit', this.#keeper);
  }

  private async startDatabase(): Promise<void> {
    for (const name of ['primary', 'replica']) {
      mkdirSync(join(this.folder, name), { recursive: true });
    }
    this.primary = Postgres.create(join(this.folder, 'primary'));
    await this.primary.start();
    await this.primary.query(`CREATE DATABASE ${DATABASE}`);
    const url = await this.primary.url(DATABASE);
    const source = await createDataSource(readSettings({}), url).initialize();
    await migrate(source, url);
    await source.destroy();
    if (this.options.replica === true) {
      await this.primary.stop();
      this.replica = await this.primary.copy(join(this.folder, 'replica'));
      await Promise.all([this.primary.start(), this.replica.start()]);
    }
    this.wire = await new Wire(await this.primary.port).connect();
  }

  /** Whether the primary has been given its disk; only root can. */
  get hasDisk(): boolean {
    const folder = join(this.folder, 'primary');
    mkdirSync(folder, { recursive: true });
    const words = ['-t', 'tmpfs', '-o', `size=${String(this.options.disk)}m`, 'none', folder];
    this.#hasDisk ||= spawnSync('mount', words, { stdio: 'ignore' }).status === 0;
    return this.#hasDisk;
  }

  /** From now on the primary acknowledges nothing that its replica does not have. */
  async synchronous(): Promise<void> {
    await this.primary.query(`ALTER SYSTEM SET synchronous_standby_names = 'replica'`);
    await this.primary.query('SELECT pg_reload_conf()');
    for (let i = 0; i < 200; i++) {
      const sql = `SELECT 1 AS one FROM pg_stat_replication WHERE sync_state = 'sync'`;
      if ((await this.primary.query(sql)).length > 0) return;
      await sleep(50);
    }
    throw new Error('The replica does not follow');
  }

  /** The replica is promoted, and everybody led to it. */
  async failOver(): Promise<void> {
    const { replica } = this;
    if (replica === undefined) throw new Error('There is no replica');
    await replica.query(`ALTER SYSTEM SET synchronous_standby_names = ''`);
    await replica.query('SELECT pg_promote()');
    [this.primary, this.replica] = [replica, this.primary];
    this.wire.lead(await this.primary.port);
    await this.cast.end();
    this.cast = await Cast.on(await this.primary.url(DATABASE), this.key);
  }

  /** What the database is now, for `putBack`. Whoever is connected has to connect anew. */
  async backUp(): Promise<void> {
    await this.primary.copyDatabase(DATABASE, 'backup');
  }

  async putBack(): Promise<void> {
    await this.primary.copyDatabase('backup', DATABASE);
  }

  /** The environment of a node. */
  async environment(index: number): Promise<Record<string, string>> {
    return {
      PORT: String(this.#ports[index]),
      DATABASE_URL: await this.primary.url(DATABASE, this.wire.port),
      DATA_DIR: join(this.folder, `node${String(index)}`),
      REDIS_URL: this.redis.url,
      RATE_LIMIT_STORE: 'redis',
      SMTP_URL: this.mails.url,
      SECRET_KEYS: this.key.toString('base64'),
      PUBLIC_URL: 'http://localhost:3000',
      TRUST_PROXY: '1',
      LOG_LEVEL: 'warn',
      LOG_FORMAT: 'json',
      TWO_FACTOR_REQUIRED_FOR: 'none',
      REQUESTS_PER_ADDRESS: '1000000',
      LOGIN_FAILURES_PER_ADDRESS: '100000',
      SIGN_IN_ALARM: '0',
      ...this.options.environment,
    };
  }

  async launch(
    index: number,
    more: Readonly<Record<string, string>> = {},
    command?: Command,
  ): Promise<void> {
    const former = this.nodes[index];
    if (former !== undefined) this.#outputs.push(former.output);
    const environment = { ...(await this.environment(index)), ...more };
    this.nodes[index] = new ServerProcess(environment, undefined, command);
    await this.nodes[index].address();
  }

  url(index: number): string {
    return `http://127.0.0.1:${String(this.#ports[index])}`;
  }

  /** `kill -9`, and another one in its place. */
  async replace(index: number): Promise<void> {
    await this.nodes[index]?.kill();
    await this.launch(index);
  }

  /** As an upgrade does. Its exit code, and how long its end took. */
  async restart(index: number): Promise<{ code: number | null | undefined; took: number }> {
    const began = performance.now();
    this.nodes[index]?.signal('SIGTERM');
    const code = await this.nodes[index]?.ended();
    const took = performance.now() - began;
    await this.launch(index);
    return { code, took };
  }

  query<T extends object>(sql: string): Promise<T[]> {
    return this.primary.query(sql, DATABASE);
  }

  /** Milliseconds until every node reads, refreshes and writes again, and HAProxy finds one. */
  async recovered(within = 60_000): Promise<number> {
    const began = performance.now();
    for (;;) {
      if (await this.works()) return performance.now() - began;
      if (performance.now() - began > within) return Infinity;
      await sleep(50);
    }
  }

  private async works(): Promise<boolean> {
    const { cookie, next } = this.probe;
    for (const base of [...this.#ports.map((_, i) => this.url(i)), this.proxy.url]) {
      const seen = await ask('GET', `${base}/v1/users/me`, { headers: { cookie }, patience: 2000 });
      if (seen.status !== 200) return false;
      const body = { refreshToken: next };
      const pair = await ask('POST', `${base}/v1/auth/refresh`, { body, patience: 2000 });
      if (pair.status !== 200) return false;
      this.probe.next = String(pair.body['refreshToken']);
    }
    return true;
  }

  /** What the nodes have said of themselves that nothing explains. */
  complaints(): string[] {
    return [...this.#outputs, ...this.nodes.map(({ output }) => output)]
      .flatMap((output) => output.split('\n'))
      .filter((line) => /internal_error|uncaught|unhandled|"level":60/i.test(line));
  }

  async stop(): Promise<void> {
    if (this.#keeper !== undefined) process.off('exit', this.#keeper);
    await this.proxy.stop();
    await Promise.all(this.nodes.map((node) => node.kill()));
    await this.cast.end();
    await this.wire.cut();
    await Promise.all([this.redis.kill(), this.mails.stop()]);
    await Promise.all([this.primary.kill(), this.replica?.kill()]);
    if (this.#hasDisk) spawnSync('umount', ['-l', join(this.folder, 'primary')]);
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
