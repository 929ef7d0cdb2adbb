import type { Count, Quota } from './quota.js';

/** Where windows are counted. Keys are pseudonyms (HMAC): who can read them learns no address. */
export abstract class Counters {
  /** Counts one more unless the window is full: one atomic step. */
  abstract add(key: Buffer, quota: Quota, now: number): Promise<Count>;

  /** Takes one back that `add` counted in the window that ends then. */
  abstract takeBack(key: Buffer, endsAt: number): Promise<void>;
}
