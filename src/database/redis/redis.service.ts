import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { Settings } from '../../config/settings.js';
import { inTime } from './in-time.js';
import { newRedis } from './redis-client.js';

/** Milliseconds that an answer may take. */
const PATIENCE = 100;
/** Milliseconds between two questions whether it answers again; after so many in vain, a new connection. */
const PAUSE = 1000;
const GIVE_UP = 3;
/** Commands that may wait for an answer at once. */
const MOST_WAITING = 1000;
/** Milliseconds between two lines that say that it refuses something. */
const REFUSALS_TOLD = 60_000;

/**
 * The Redis of `REDIS_URL`, if there is one. It is a convenience: whatever fails is as if nothing were there.
 * One that took too long is left alone until it has answered a ping in time, which no request waits for.
 */
@Injectable()
export class RedisService implements OnApplicationShutdown {
  readonly #logger = new Logger('Redis');
  readonly #client: Redis | undefined;
  readonly #connections: Redis[] = [];
  #answers = false;
  #isAway = false;
  #isOver = false;
  #waiting = 0;
  #inVain = 0;
  #refusalTold = -REFUSALS_TOLD;
  #next: NodeJS.Timeout | undefined;

  constructor(private readonly settings: Settings) {
    this.#client = this.connect();
    if (this.#client !== undefined) this.watch(this.#client);
  }

  get isConfigured(): boolean {
    return this.#client !== undefined;
  }

  /** A connection of its own, for subscriptions; undefined: there is no Redis. */
  connect(): Redis | undefined {
    const { redisUrl } = this.settings;
    if (redisUrl === undefined) return undefined;
    const client = newRedis(redisUrl);
    client.on('error', () => undefined); // told by the connection that is watched
    this.#connections.push(client);
    return client;
  }

  /** What the command answers; undefined: it could not be asked now, or was refused. */
  async ask<T>(command: (redis: Redis) => Promise<T>): Promise<{ readonly answer: T } | undefined> {
    const client = this.#client;
    if (client?.status !== 'ready' || !this.#answers || this.#waiting >= MOST_WAITING) {
      return undefined;
    }
    try {
      return { answer: await this.send(client, command) };
    } catch (error) {
      if (isRefusal(error)) this.tellRefusal(error);
      else this.leaveAlone(client, error as Error);
      return undefined;
    }
  }

  onApplicationShutdown(): void {
    this.#isOver = true;
    clearTimeout(this.#next);
    for (const connection of this.#connections) connection.disconnect();
  }

  private send<T>(client: Redis, command: (redis: Redis) => Promise<T>): Promise<T> {
    const sent = command(client);
    this.#waiting++;
    const answer = sent.finally(() => {
      this.#waiting--;
    });
    return inTime(answer, PATIENCE);
  }

  private watch(client: Redis): void {
    client.on('error', (error: Error) => {
      this.tell(error);
    });
    client.on('connect', () => {
      this.checkLater(client); // what comes before "ready" may never be answered
    });
    client.on('ready', () => void this.check(client));
    client.on('close', () => {
      this.#answers = false;
      this.#inVain = 0;
    });
  }

  private leaveAlone(client: Redis, error: Error): void {
    if (!this.#answers) return;
    this.#answers = false;
    this.tell(error);
    this.checkLater(client);
  }

  private checkLater(client: Redis): void {
    clearTimeout(this.#next);
    if (this.#isOver) return;
    this.#next = setTimeout(() => void this.check(client), PAUSE);
  }

  private async check(client: Redis): Promise<void> {
    clearTimeout(this.#next);
    if (client.status === 'ready' && (await this.answersInTime(client))) {
      this.#answers = true;
      this.#inVain = 0;
      if (this.#isAway) this.#logger.log('Redis is back');
      this.#isAway = false;
      return;
    }
    if (++this.#inVain >= GIVE_UP) {
      this.tell(new Error('it does not answer'));
      client.disconnect(true);
    }
    this.checkLater(client);
  }

  private answersInTime(client: Redis): Promise<boolean> {
    return this.send(client, (redis) => redis.ping()).then(() => true, isRefusal);
  }

  /** Never the URL, which holds a password. */
  private tell(error: NodeJS.ErrnoException): void {
    if (!this.#isAway) this.#logger.warn(`Redis is away: ${error.code ?? error.message}`);
    this.#isAway = true;
  }

  /** The first word says why (`NOPERM`, `OOM`, `READONLY`); what follows may hold what was asked. */
  private tellRefusal({ message }: Error): void {
    if (performance.now() - this.#refusalTold < REFUSALS_TOLD) return;
    this.#refusalTold = performance.now();
    this.#logger.warn(`Redis refuses a command: ${message.split(' ', 1).join()}`);
  }
}

/** An answer, if not the one that was hoped for. */
const isRefusal = (error: unknown): error is Error =>
  error instanceof Error && error.name === 'ReplyError';
