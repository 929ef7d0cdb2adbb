import { Redis } from 'ioredis';

const RETRY_MOST = 1000;

/** Whoever asks it gets an answer or a failure soon: nothing waits for a connection to come. */
export const newRedis = (url: string): Redis =>
  new Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    connectTimeout: 2000,
    disconnectTimeout: 100,
    keepAlive: 10_000,
    retryStrategy: (attempt) => Math.min(50 * 2 ** attempt, RETRY_MOST),
  });
