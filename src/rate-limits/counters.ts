import type { Count, Quota } from './quota.js';

/** Where windows are counted. Keys are pseudonyms (HMAC): who can read them learns no address. */
export abstract class Counters {
  /** Counts so many more, or as many as the window has room for: one atomic step. */
  abstract add(key: Buffer, quota: Quota, now: number, amount?: number): Promise<Count>;

  /** Takes one back that `add` counted in the window that ends then. */
  abstract takeBack(key: Buffer, endsAt: number): Promise<void>;
}
