import type { Caller } from '../../common/http/caller.js';
import { type Circumstances, circumstances } from '../../mail/circumstances.js';
import type { About } from './one-time-token.entity.js';

/** When and from where something was asked for, to be kept with its link: nothing of it is anybody's free text. */
export function occasionOf(caller: Caller, now: Date): About {
  const { address, device } = circumstances(caller, now);
  return {
    at: now.toISOString(),
    ...(address !== undefined && { address }),
    ...(device !== undefined && { device }),
  };
}

/** The same, for a mail. What is known of no occasion began with the account. */
export function circumstancesOf({ at, address, device }: About, began: Date): Circumstances {
  return { when: at === undefined ? began : new Date(at), address, device };
}
