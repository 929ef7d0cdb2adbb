import { Injectable } from '@nestjs/common';
import type { Principal } from '../access/principal.js';
import { Clock } from '../common/clock.js';
import { Settings } from '../config/settings.js';
import { ReauthenticationRequired } from './auth.errors.js';

/** Whether a caller has proved not long ago that it is she. API keys never have. */
@Injectable()
export class RecentProofService {
  constructor(
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  /** For what only some calls of a route demand; whole routes say it in their access rule. @throws ReauthenticationRequired */
  demand({ authenticatedAt }: Pick<Principal, 'authenticatedAt'>): void {
    const age = this.clock.millis() - (authenticatedAt?.getTime() ?? -Infinity);
    if (age > this.settings.reauthenticationWindow * 1000) throw new ReauthenticationRequired();
  }
}
