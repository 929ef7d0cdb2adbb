import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Redis } from 'ioredis';
import { Settings } from '../../config/settings.js';

/** Milliseconds that a command may take; for how long none is tried after one that took longer. */
const PATIENCE = 100;
const PAUSE = 1000;
/** Milliseconds before the next attempt to connect, at most. */
const RETRY_MOST = 1000;

/**
 * The Redis of `REDIS_URL`, if there is one. It is a convenience: whatever fails is as if nothing were there,
 * takes at most a tenth of a second, and is told once an outage.
 */
@Injectable()
export class RedisService implements OnApplicationShutdown {
  readonly #logger = new Logger('Redis');
  readonly #client: Redis | undefined;
  readonly #connections: Redis[] = [];
  #pausedUntil = 0;
  #isAway = false;

  constructor(private readonly settings: Settings) {
    this.#client = this.connect();
  }

  get isConfigured(): boolean {
    return this.#client !== undefined;
  }

  /** A connection of its own, for subscriptions; undefined: there is no Redis. */
  connect(): Redis | undefined {
    const { redisUrl } = this.settings;
    if (redisUrl === undefined) return undefined;
    const client = new Redis(redisUrl, {
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      connectTimeout: 2000,
      retryStrategy: (attempt) => Math.min(50 * 2 ** attempt, RETRY_MOST),
    });
    client.on('error', (error: Error) => {
      this.tell(error);
    });
    client.on('ready', () => {
      if (this.#isAway) this.#logger.log('Redis is back');
      this.#isAway = false;
    });
    this.#connections.push(client);
    return client;
  }

  /** What the command answers; undefined: it could not be asked now. */
  async ask<T>(command: (redis: Redis) => Promise<T>): Promise<{ readonly answer: T } | undefined> {
    const client = this.#client;
    if (client?.status !== 'ready' || performance.now() < this.#pausedUntil) return undefined;
    let timer: NodeJS.Timeout | undefined;
    try {
      const late = new Promise<never>((_, reject) => {
        timer = setTimeout(() => {
          reject(new Error('it does not answer'));
        }, PATIENCE);
      });
      return { answer: await Promise.race([command(client), late]) };
    } catch (error) {
      this.#pausedUntil = performance.now() + PAUSE;
      this.tell(error as Error);
      return undefined;
    } finally {
      clearTimeout(timer);
    }
  }

  onApplicationShutdown(): void {
    for (const connection of this.#connections) connection.disconnect();
  }

  /** Never the URL, which holds a password. */
  private tell(error: NodeJS.ErrnoException): void {
    if (!this.#isAway) this.#logger.warn(`Redis is away: ${error.code ?? error.message}`);
    this.#isAway = true;
  }
}
