import { Redis, type RedisOptions } from 'ioredis';
import { redisAddress } from '../../config/redis-address.js';

const RETRY_MOST = 1000;

/** Whoever asks it gets an answer or a failure soon: nothing waits for a connection to come. */
export function newRedis(url: string): Redis {
  const address = redisAddress(url) ?? { url };
  return 'url' in address
    ? new Redis(address.url, IMPATIENT)
    : new Redis({ ...IMPATIENT, ...address, sentinels: [...address.sentinels] });
}

const retry = (attempt: number): number => Math.min(50 * 2 ** attempt, RETRY_MOST);

const IMPATIENT: RedisOptions = {
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  connectTimeout: 2000,
  disconnectTimeout: 100,
  keepAlive: 10_000,
  retryStrategy: retry,
  sentinelRetryStrategy: retry,
};
