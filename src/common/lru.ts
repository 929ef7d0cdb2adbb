import { LRUCache } from 'lru-cache';

const one = (): number => 1;

/**
 * Holds so many at most, and takes memory as it fills: told `max` instead of `maxSize`, the library would take room for
 * all of them at once, some 5 MB for 100,000. `ttl`: milliseconds.
 */
export const lruOf = <T extends object | true>(
  most: number,
  ttl: { readonly ttl?: number } = {},
): LRUCache<string, T> =>
  new LRUCache({ maxSize: most, sizeCalculation: one, ttlResolution: 0, ...ttl });
