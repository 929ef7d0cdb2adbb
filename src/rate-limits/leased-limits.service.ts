import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { lruOf } from '../common/lru.js';
import { KeyRing } from '../config/key-ring.js';
import { Counters } from './counters.js';
import type { Count, Quota, Standing } from './quota.js';

/** So many of a window that this node took out of it in advance. */
interface Lease {
  readonly quota: Quota;
  /** Those that it has in hand. */
  left: number;
  /** Those that nobody had taken yet. */
  readonly free: number;
  /** Milliseconds since the epoch. */
  readonly endsAt: number;
  readonly takenAt: number;
}

interface Waiting {
  count: number;
  asking: Promise<void> | undefined;
}

/** The part of a window that is taken at once: what another node may miss of it. */
const PART = 20;
/** Past it the least recently used are forgotten, and what they had in hand is lost. */
const MOST = 100_000;
/** Milliseconds for which a window is believed to be full, so that a flood costs the store nothing. */
const BELIEVED = 1000;
const KEY_BYTES = 16;

/**
 * So many of something in so long, over all nodes, for what happens too often to ask the store each time: a node takes a
 * twentieth of the window at once and spends it in memory. Never more than the limit; a few less where many nodes have
 * some in hand that they do not need. Of small limits it takes one by one, which is exact. Without the store nothing is
 * taken: like every limit, it never falls open.
 */
@Injectable()
export class LeasedLimits {
  readonly #leases = lruOf<Lease>(MOST);
  readonly #waiting = new Map<string, Waiting>();

  constructor(
    private readonly counters: Counters,
    private readonly ring: KeyRing,
    private readonly clock: Clock,
  ) {}

  /** Counts one more without asking anybody; undefined: that takes `spend`. */
  peek(quota: Quota, subject: string): Standing | undefined {
    const now = this.clock.millis();
    const lease = this.current(quota, subject, now);
    if (lease === undefined) return undefined;
    if (lease.left === 0) {
      const isKnown = lease.free === 0 && Math.abs(now - lease.takenAt) < BELIEVED;
      return isKnown ? standing(lease, now, false) : undefined;
    }
    lease.left -= 1;
    return standing(lease, now, true);
  }

  /** Counts one more, if there may be one more. @param subject whose they are */
  async spend(quota: Quota, subject: string): Promise<Standing> {
    const waiting = this.#waiting.get(subject) ?? { count: 0, asking: undefined };
    this.#waiting.set(subject, waiting);
    waiting.count += 1;
    try {
      for (;;) {
        const known = this.peek(quota, subject);
        if (known !== undefined) return known;
        waiting.asking ??= this.take(quota, subject, waiting);
        await waiting.asking;
      }
    } finally {
      waiting.count -= 1;
      if (waiting.count === 0) this.#waiting.delete(subject);
    }
  }

  /** Undefined: none in hand, or of another quota, another window, or a clock that ran ahead. */
  private current(quota: Quota, subject: string, now: number): Lease | undefined {
    const lease = this.#leases.get(subject);
    if (lease?.quota.limit !== quota.limit || lease.quota.window !== quota.window) return undefined;
    const isOver = lease.endsAt <= now || lease.endsAt > now + 2 * quota.window * 1000;
    return isOver ? undefined : lease;
  }

  /** For all who wait, who come by one at a time: how many they will be is known when it is asked. */
  private async take(quota: Quota, subject: string, waiting: Waiting): Promise<void> {
    try {
      const now = this.clock.millis();
      const amount = Math.max(1, Math.floor(quota.limit / PART), waiting.count);
      const taken = await this.counters.add(
        this.keyOf(quota, subject),
        quota,
        now,
        Math.min(amount, quota.limit),
      );
      this.#leases.set(subject, leaseOf(quota, taken, now));
    } finally {
      waiting.asking = undefined;
    }
  }

  private keyOf({ name }: Quota, subject: string): Buffer {
    return this.ring.mac(`limit/${name}`, subject).subarray(0, KEY_BYTES);
  }
}

const leaseOf = (quota: Quota, { count, taken, endsAt }: Count, now: number): Lease => ({
  quota,
  left: taken,
  free: count === undefined ? 0 : Math.max(0, quota.limit - count),
  endsAt,
  takenAt: now,
});

const standing = (
  { quota, left, free, endsAt }: Lease,
  now: number,
  allowed: boolean,
): Standing => ({
  quota,
  allowed,
  remaining: left + free,
  secondsLeft: Math.max(1, Math.ceil((endsAt - now) / 1000)),
});
