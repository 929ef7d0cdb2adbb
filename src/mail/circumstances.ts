import { type Caller } from '../common/http/caller.js';
import { describeDevice } from './device.js';

/** When and from where something was done, as a notice says it. */
export interface Circumstances {
  readonly when: Date;
  readonly address: string | undefined;
  readonly device: string | undefined;
}

/** For the `params` of a notice: `params: circumstances(caller, this.clock.now())`. */
export function circumstances(
  { ip, userAgent }: Pick<Caller, 'ip' | 'userAgent'>,
  now: Date,
): Circumstances {
  return { when: now, address: ip, device: describeDevice(userAgent) };
}
