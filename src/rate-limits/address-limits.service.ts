import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Clock } from '../common/clock.js';
import type { Caller } from '../common/http/caller.js';
import { KeyRing } from '../config/key-ring.js';
import { Counters } from './counters.js';
import { networkOf } from './network.js';
import type { Quota, Standing } from './quota.js';
import { TooManyAttempts } from './rate-limits.errors.js';

/** One that was counted and may be taken back. */
export interface Counted extends Standing {
  readonly key: Buffer;
  /** Milliseconds since the epoch. */
  readonly endsAt: number;
}

const KEY_BYTES = 16;
/** Full windows that this node remembers, so that a flood costs the store nothing. */
const MOST_FULL = 10_000;

/** So many of something in so long from one address. */
@Injectable()
export class AddressLimits {
  readonly #full = new LRUCache<string, number>({ max: MOST_FULL });

  constructor(
    private readonly counters: Counters,
    private readonly ring: KeyRing,
    private readonly clock: Clock,
  ) {}

  /** Counts one more, if there may be one more. */
  async count(quota: Quota, { ip }: Pick<Caller, 'ip'>): Promise<Counted> {
    const key = this.ring.mac(`limit/${quota.name}`, networkOf(ip)).subarray(0, KEY_BYTES);
    const now = this.clock.millis();
    const full = this.#full.get(key.toString('latin1'));
    const { count, endsAt } =
      full !== undefined && full > now
        ? { count: undefined, endsAt: full }
        : await this.counters.add(key, quota, now);
    if (count === undefined) this.#full.set(key.toString('latin1'), endsAt);
    const remaining = count === undefined ? 0 : Math.max(0, quota.limit - count);
    const secondsLeft = Math.max(1, Math.ceil((endsAt - now) / 1000));
    return { quota, key, allowed: count !== undefined, remaining, endsAt, secondsLeft };
  }

  /** @throws TooManyAttempts */
  async spend(quota: Quota, caller: Pick<Caller, 'ip'>): Promise<Counted> {
    const counted = await this.count(quota, caller);
    if (!counted.allowed) throw new TooManyAttempts({ retryAfter: counted.secondsLeft });
    return counted;
  }

  /** It was none of what is counted. */
  async takeBack({ key, endsAt }: Counted): Promise<void> {
    this.#full.delete(key.toString('latin1'));
    await this.counters.takeBack(key, endsAt);
  }
}
