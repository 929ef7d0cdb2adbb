import { createRequire } from 'node:module';
import type * as IoRedis from 'ioredis';

export type Redis = IoRedis.Redis;

const RETRY_MOST = 1000;

/**
 * The client is loaded here and not by an `import`, so that a server without Redis, which is most of them, does not
 * carry it in memory.
 */
export function newRedis(url: string): Redis {
  const { Redis } = createRequire(import.meta.url)('ioredis') as typeof IoRedis;
  return new Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    connectTimeout: 2000,
    disconnectTimeout: 100,
    keepAlive: 10_000,
    retryStrategy: (attempt) => Math.min(50 * 2 ** attempt, RETRY_MOST),
  });
}
