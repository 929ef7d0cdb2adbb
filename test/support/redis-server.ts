import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { freePort } from './free-port.js';

export const hasRedis = spawnSync('redis-server', ['--version'], { stdio: 'ignore' }).status === 0;

/** A real Redis that keeps nothing. */
export class RedisServer {
  #child: ChildProcess | undefined;
  #port = 0;

  get url(): string {
    return `redis://127.0.0.1:${String(this.#port)}`;
  }

  async start(): Promise<void> {
    if (this.#port === 0) this.#port = await freePort();
    const words = ['--port', String(this.#port), '--save', '', '--appendonly', 'no'];
    this.#child = spawn('redis-server', words, { stdio: 'ignore' });
    for (let i = 0; i < 100; i++) {
      if (await this.ping()) return;
      await sleep(50);
    }
    throw new Error('Redis did not start');
  }

  private async ping(): Promise<boolean> {
    return this.use((redis) => redis.ping()).then(
      () => true,
      () => false,
    );
  }

  /** Looks into it, or changes what is there. */
  async use<T>(work: (redis: Redis) => Promise<T>): Promise<T> {
    const redis = new Redis(this.url, { lazyConnect: true, retryStrategy: () => null });
    redis.on('error', () => undefined);
    try {
      await redis.connect();
      return await work(redis);
    } finally {
      redis.disconnect();
    }
  }

  signal(name: 'SIGSTOP' | 'SIGCONT'): void {
    this.#child?.kill(name);
  }

  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
}
