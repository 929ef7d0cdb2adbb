import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Counters } from './counters.js';
import type { Count, Quota } from './quota.js';

/** Windows that are remembered; some 20 MB. Past it those that were asked for longest ago are forgotten. */
const MOST = 100_000;

/** Counts for this process alone. */
@Injectable()
export class MemoryCounters extends Counters {
  readonly #windows = new LRUCache<string, { count: number; readonly endsAt: number }>({
    max: MOST,
  });

  get size(): number {
    return this.#windows.size;
  }

  add(key: Buffer, { limit, window }: Quota, now: number): Promise<Count> {
    const name = key.toString('latin1');
    const known = this.#windows.get(name);
    const endsAt = now + window * 1000;
    // One that ends later than in a window's time was begun by a clock that ran ahead.
    const isOver = !known || known.endsAt <= now || known.endsAt > endsAt + window * 1000;
    if (isOver) {
      this.#windows.set(name, { count: 1, endsAt });
      return Promise.resolve({ count: 1, endsAt });
    }
    if (known.count >= limit) return Promise.resolve({ count: undefined, endsAt: known.endsAt });
    known.count += 1;
    return Promise.resolve({ count: known.count, endsAt: known.endsAt });
  }

  takeBack(key: Buffer, endsAt: number): Promise<void> {
    const known = this.#windows.get(key.toString('latin1'));
    if (known?.endsAt === endsAt && known.count > 0) known.count -= 1;
    return Promise.resolve();
  }
}
