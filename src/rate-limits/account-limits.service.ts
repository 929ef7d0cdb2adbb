import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { KeyRing } from '../config/key-ring.js';
import { Counters } from './counters.js';
import type { Quota } from './quota.js';

const KEY_BYTES = 16;

/** So many of something in so long for one account, whether or not there is one, and whoever asks for it. */
@Injectable()
export class AccountLimits {
  constructor(
    private readonly counters: Counters,
    private readonly ring: KeyRing,
    private readonly clock: Clock,
  ) {}

  /** Counts one more; false: there have been enough. @param account its canonical address, or the id of one that there is */
  async count(quota: Quota, account: string): Promise<boolean> {
    const key = this.ring.mac(`account-limit/${quota.name}`, account).subarray(0, KEY_BYTES);
    const { count } = await this.counters.add(key, quota, this.clock.millis());
    return count !== undefined;
  }
}
