import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { Settings } from '../../config/settings.js';
import { ClockWatch } from './clock-watch.js';
import { DatabaseClock } from './database-clock.js';

/** Where the triggers of the tables announce what has changed: `table` or `table:id`. */
const CHANNEL = 'gatehouse';
/** Milliseconds between two proofs that the connection still carries news, and how long one may take. */
const HEARTBEAT = 1500;
const BEAT = 'SELECT (extract(epoch FROM now()) * 1000)::float8 AS shown';
/** Milliseconds before the next attempt to connect: the first, and the most. */
const RETRY_FIRST = 50;
const RETRY_MOST = 1000;
/** Milliseconds that an attempt may take: the next one may be lucky. */
const CONNECT = 2000;
/** What fails because nothing is heard, rather than because somebody has said so. */
const SILENCE = /timeout/i;

/** A memory that is told of news. */
export interface Remembering {
  readonly name: string;
  readonly size: number;
  readonly found: number;
  readonly missed: number;
}

/** Whoever is told when the database falls silent, and when it is heard again. */
export interface SilenceListener {
  begins(): void;
  ends(): void;
}

type Listener = (id: string | undefined) => void;
type Carrier = (table: string, id: string | undefined) => void;

/**
 * What other nodes, or somebody with psql, have changed. The database itself tells it, in the transaction
 * of the change (`NOTIFY` in triggers), so news arrive if and only if the change is visible. Whoever
 * remembers anything asks `isLive` first: without the channel nothing is remembered.
 */
@Injectable()
export class NewsService implements OnModuleInit, OnApplicationShutdown {
  /** Everything that this node remembers, for the metrics. */
  readonly remembered = new Set<Remembering>();
  readonly #listeners = new Map<string, Set<Listener>>();
  readonly #carriers: Carrier[] = [];
  readonly #silence: SilenceListener[] = [];
  readonly #stop = new AbortController();
  readonly #logger = new Logger('News');
  readonly #clock = new DatabaseClock();
  readonly #watch = new ClockWatch();
  /** By the database's clock; 0: it was never asked. */
  #shown = 0;
  #live = false;
  #heard = 0;
  #delay: number | undefined;
  #loop: Promise<void> | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly settings: Settings,
  ) {}

  /** Whether every change up to now has been heard. */
  get isLive(): boolean {
    return this.#live;
  }

  /** Announcements that the channel has brought. */
  get heard(): number {
    return this.#heard;
  }

  /** Milliseconds that the channel took for the last heartbeat, there and back; undefined: it is lost. */
  get delay(): number | undefined {
    return this.#live ? this.#delay : undefined;
  }

  /** As late as the database's own clock may be by now; undefined: there is no telling without the channel. */
  get databaseTime(): number | undefined {
    return this.#live ? this.#clock.latest : undefined;
  }

  /** Milliseconds by which this node's clock is ahead of the database's; undefined: the channel is lost. */
  get clockSkew(): number | undefined {
    return this.#live ? this.#clock.ahead : undefined;
  }

  /**
   * The time as this node's clock has it, or what the database's own showed last, some `HEARTBEAT` ago, whichever is
   * later: what has expired does not come back because the clock of a node was set back.
   */
  atLeast(millis: number): number {
    return Math.max(millis, this.#shown);
  }

  /** The listener gets the id of a changed row; undefined: any row may have changed. */
  onChange(table: string, listener: Listener): void {
    const listeners = this.#listeners.get(table) ?? new Set();
    this.#listeners.set(table, listeners.add(listener));
  }

  /** Waits for the first attempt; if that fails, the start goes on without memory. */
  async onModuleInit(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#loop = this.keepListening(resolve);
    });
  }

  async onApplicationShutdown(): Promise<void> {
    this.#stop.abort();
    await this.#loop;
  }

  /** The node that makes a change forgets, once it has committed, before it answers. */
  tell(table: string, id?: string): void {
    this.hear(table, id);
    for (const carry of this.#carriers) carry(table, id);
  }

  /** Whoever carries news beside the database. */
  onOwnChange(carry: Carrier): void {
    this.#carriers.push(carry);
  }

  onSilence(listener: SilenceListener): void {
    this.#silence.push(listener);
  }

  hear(table: string, id?: string): void {
    for (const listener of this.#listeners.get(table) ?? []) listener(id);
  }

  private async keepListening(tried: () => void): Promise<void> {
    const { signal } = this.#stop;
    let pause = RETRY_FIRST;
    let silent = false;
    while (!signal.aborted) {
      const client = this.newClient();
      try {
        await client.connect();
        await client.query(`LISTEN ${CHANNEL}`);
        await this.beat(client);
        this.forgetAll(); // between the loss and now anything may have changed
        this.#live = true;
        pause = RETRY_FIRST;
        if (silent) for (const listener of this.#silence) listener.ends();
        silent = false;
        tried();
        await this.untilLost(client);
      } catch (error) {
        const { message } = error as Error;
        if (this.#live) this.#logger.warn(`The news channel is lost: ${message}`);
        if (SILENCE.test(message)) {
          silent = true;
          for (const listener of this.#silence) listener.begins();
        }
      }
      this.#live = false;
      this.forgetAll();
      client.end().catch(() => undefined);
      tried();
      await sleep(pause, undefined, { signal }).catch(() => undefined);
      pause = Math.min(pause * 2, RETRY_MOST);
    }
  }

  private newClient(): pg.Client {
    const client = new pg.Client({
      connectionString: this.settings.databaseDirectUrl ?? urlOf(this.dataSource),
      application_name: 'gatehouse news',
      connectionTimeoutMillis: CONNECT,
      query_timeout: HEARTBEAT,
      keepAlive: true,
    });
    client.on('notification', ({ payload = '' }) => {
      this.#heard += 1;
      const [table = '', id] = payload.split(':');
      this.hear(table, id);
    });
    client.on('error', () => undefined); // said by `untilLost` or by the call that met it
    return client;
  }

  /** Proves that the connection carries something, and sets the clock by it. */
  private async beat(client: pg.Client): Promise<void> {
    const asked = this.#clock.mark();
    const begun = performance.now();
    const { rows } = await client.query<{ shown: number }>(BEAT);
    this.#delay = performance.now() - begun;
    if (rows[0] === undefined) return;
    this.#shown = rows[0].shown;
    this.#clock.learn(this.#shown, asked);
    this.#watch.look(this.#clock.ahead ?? 0);
  }

  /** Resolves when the service stops; rejects as soon as the connection carries no more news. */
  private async untilLost(client: pg.Client): Promise<void> {
    const { signal } = this.#stop;
    let beat: NodeJS.Timeout | undefined;
    let stop: () => void = () => undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        stop = resolve;
        signal.addEventListener('abort', stop);
        if (signal.aborted) stop(); // while it was being connected
        client.on('error', reject).on('end', () => {
          reject(new Error('the connection was closed'));
        });
        beat = setInterval(() => {
          this.beat(client).catch(reject);
        }, HEARTBEAT);
      });
    } finally {
      clearInterval(beat);
      signal.removeEventListener('abort', stop);
    }
  }

  private forgetAll(): void {
    for (const table of this.#listeners.keys()) this.hear(table);
  }
}

const urlOf = ({ options }: DataSource): string => (options as { url: string }).url;
