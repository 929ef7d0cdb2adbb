import { createRequire } from 'node:module';
import type * as ioredis from 'ioredis';
import { redisAddress } from '../../config/redis-address.js';

const RETRY_MOST = 1000;

/** Only where there is a Redis, since the library takes some 10 MB. */
const load = createRequire(import.meta.url);

/** Whoever asks it gets an answer or a failure soon: nothing waits for a connection to come. */
export function newRedis(url: string): ioredis.Redis {
  const { Redis: Client } = load('ioredis') as typeof ioredis;
  const address = redisAddress(url) ?? { url };
  return 'url' in address
    ? new Client(address.url, IMPATIENT)
    : new Client({ ...IMPATIENT, ...address, sentinels: [...address.sentinels] });
}

const retry = (attempt: number): number => Math.min(50 * 2 ** attempt, RETRY_MOST);

const IMPATIENT: ioredis.RedisOptions = {
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  connectTimeout: 2000,
  disconnectTimeout: 100,
  keepAlive: 10_000,
  retryStrategy: retry,
  sentinelRetryStrategy: retry,
};
