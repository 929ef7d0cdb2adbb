import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import type { Caller } from '../common/http/caller.js';
import { lruOf } from '../common/lru.js';
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
/** Milliseconds for which it believes so: another node may have taken one back. */
const BELIEVED = 1000;

/** So many of something in so long from one address. */
@Injectable()
export class AddressLimits {
  readonly #full = lruOf<{ readonly endsAt: number; readonly seenAt: number }>(MOST_FULL);

  constructor(
    private readonly counters: Counters,
    private readonly ring: KeyRing,
    private readonly clock: Clock,
  ) {}

  /** Counts one more, if there may be one more. */
  async count(quota: Quota, { ip }: Pick<Caller, 'ip'>): Promise<Counted> {
    const key = this.keyOf(quota, ip);
    const now = this.clock.millis();
    const full = this.fullUntil(key, now);
    const { count, endsAt } =
      full === undefined
        ? await this.counters.add(key, quota, now)
        : { count: undefined, endsAt: full };
    if (count === undefined) this.#full.set(key.toString('latin1'), { endsAt, seenAt: now });
    const remaining = count === undefined ? 0 : Math.max(0, quota.limit - count);
    const secondsLeft = Math.max(1, Math.ceil((endsAt - now) / 1000));
    return { quota, key, allowed: count !== undefined, remaining, endsAt, secondsLeft };
  }

  /** Before anything is done for a caller of whom this node knows that his window is full. @throws TooManyAttempts */
  refuseFull(quota: Quota, { ip }: Pick<Caller, 'ip'>): void {
    if (this.#full.size === 0) return; // whose it is need not be worked out
    const now = this.clock.millis();
    const full = this.fullUntil(this.keyOf(quota, ip), now);
    if (full !== undefined) {
      throw new TooManyAttempts({ retryAfter: Math.max(1, Math.ceil((full - now) / 1000)) });
    }
  }

  /** @throws TooManyAttempts */
  async spend(quota: Quota, caller: Pick<Caller, 'ip'>): Promise<Counted> {
    const counted = await this.count(quota, caller);
    if (!counted.allowed) throw new TooManyAttempts({ retryAfter: counted.secondsLeft });
    return counted;
  }

  /**
   * For what costs little while it goes well: only what `isFailure` says of is counted, once it has happened, and
   * past the limit nothing is done any more. @throws TooManyAttempts
   */
  async failing<T>(
    quota: Quota,
    caller: Pick<Caller, 'ip'>,
    isFailure: (error: unknown) => boolean,
    work: () => Promise<T>,
  ): Promise<T> {
    this.refuseFull(quota, caller);
    try {
      return await work();
    } catch (error) {
      if (isFailure(error)) await this.spend(quota, caller);
      throw error;
    }
  }

  /** It was none of what is counted. */
  async takeBack({ key, endsAt }: Counted): Promise<void> {
    this.#full.delete(key.toString('latin1'));
    await this.counters.takeBack(key, endsAt);
  }

  private fullUntil(key: Buffer, now: number): number | undefined {
    const full = this.#full.get(key.toString('latin1'));
    const holds = full && full.endsAt > now && Math.abs(now - full.seenAt) < BELIEVED;
    return holds ? full.endsAt : undefined;
  }

  /** Of whom it is, is told by the key to nobody who lacks `SECRET_KEYS`. */
  private keyOf({ name }: Quota, ip: string | undefined): Buffer {
    return this.ring.mac(`limit/${name}`, networkOf(ip)).subarray(0, KEY_BYTES);
  }
}
