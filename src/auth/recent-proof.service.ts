import { Injectable } from '@nestjs/common';
import type { Principal } from '../access/principal.js';
import { Clock } from '../common/clock.js';
import { Settings } from '../config/settings.js';
import { SecondFactorsService } from '../two-factor/second-factors.service.js';
import { ReauthenticationRequired } from './auth.errors.js';

/** Whether a caller has proved not long ago that it is she. API keys never have. */
@Injectable()
export class RecentProofService {
  constructor(
    private readonly factors: SecondFactorsService,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  /** For what only some calls of a route demand; whole routes say it in their access rule. @throws ReauthenticationRequired */
  demand({ authenticatedAt }: Pick<Principal, 'authenticatedAt'>): void {
    this.demandOf(authenticatedAt);
  }

  /** That what was proved then was proved not long ago. @throws ReauthenticationRequired */
  demandOf(at: Date | undefined): void {
    if (!this.isRecent(at)) throw new ReauthenticationRequired();
  }

  /**
   * By a second factor, if she has one: whoever stole a session and a password is to change no factor (NIST SP
   * 800-63B-4, 4.1.2).
   *
   * @throws ReauthenticationRequired
   */
  async demandStrongest(principal: Principal): Promise<void> {
    this.demand(principal);
    if (this.isRecent(principal.twoFactorAt)) return;
    const methods = await this.factors.methodsOf(principal.user.id);
    if (methods.length === 0) return;
    throw new ReauthenticationRequired({ detail: `Prove it with one of: ${methods.join(', ')}.` });
  }

  private isRecent(at: Date | undefined): boolean {
    const age = this.clock.millis() - (at?.getTime() ?? -Infinity);
    return age <= this.settings.reauthenticationWindow * 1000;
  }
}
