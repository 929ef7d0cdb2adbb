import { Injectable } from '@nestjs/common';
import { lruOf } from '../common/lru.js';
import { Counters } from './counters.js';
import type { Count, Quota } from './quota.js';

/** Windows that are remembered; some 20 MB. Past it those that were asked for longest ago are forgotten. */
const MOST = 100_000;

interface Window {
  count: number;
  readonly endsAt: number;
}

/** Counts for this process alone. */
@Injectable()
export class MemoryCounters extends Counters {
  readonly #windows = lruOf<Window>(MOST);

  get size(): number {
    return this.#windows.size;
  }

  add(key: Buffer, quota: Quota, now: number, amount = 1): Promise<Count> {
    const current = this.current(key.toString('latin1'), quota, now);
    const { endsAt } = current;
    const taken = Math.min(amount, quota.limit - current.count);
    if (taken <= 0) return Promise.resolve({ count: undefined, taken: 0, endsAt });
    current.count += taken;
    return Promise.resolve({ count: current.count, taken, endsAt });
  }

  private current(name: string, { window }: Quota, now: number): Window {
    const known = this.#windows.get(name);
    const endsAt = now + window * 1000;
    // One that ends later than in a window's time was begun by a clock that ran ahead.
    const isOver = !known || known.endsAt <= now || known.endsAt > endsAt + window * 1000;
    if (!isOver) return known;
    const begun = { count: 0, endsAt };
    this.#windows.set(name, begun);
    return begun;
  }

  takeBack(key: Buffer, endsAt: number): Promise<void> {
    const known = this.#windows.get(key.toString('latin1'));
    if (known?.endsAt === endsAt && known.count > 0) known.count -= 1;
    return Promise.resolve();
  }
}
