import { Injectable } from '@nestjs/common';
import type { Actor, Principal } from '../access/principal.js';
import { Clock } from '../common/clock.js';
import { TwoFactorDemands } from '../permissions/demands/two-factor-demands.service.js';
import { TwoFactorDueService } from '../users/two-factor-due.service.js';
import { TwoFactorProofs } from './two-factor-proofs.service.js';

/** Lets nobody further than to setting a second factor up who must have one and has proved none. */
@Injectable()
export class TwoFactorAdmission {
  constructor(
    private readonly demands: TwoFactorDemands,
    private readonly due: TwoFactorDueService,
    private readonly proofs: TwoFactorProofs,
    private readonly clock: Clock,
  ) {}

  /**
   * It was demanded at her sign-in, and the grace is over; or it is demanded since. It is not demanded of keys.
   *
   * @throws TwoFactorRequired, TwoFactorEnrollmentRequired
   */
  admit(principal: Principal): void | Promise<void> {
    const { user, via, twoFactorAt, enrollBy } = principal;
    if (twoFactorAt !== undefined || via === 'api-key') return;
    if (enrollBy !== undefined) {
      return this.isPast(enrollBy) ? this.proofs.refuse(principal) : undefined;
    }
    if (this.demands.peek(user) !== false) return this.refuseIfDue(principal);
  }

  private async refuseIfDue(principal: Principal): Promise<void> {
    if (await this.isDue(principal.user)) await this.proofs.refuse(principal);
  }

  private async isDue(user: Actor): Promise<boolean> {
    if (!(await this.demands.find(user))) return false;
    return this.isPast(await this.due.of(user));
  }

  private isPast(moment: Date): boolean {
    return moment.getTime() <= this.clock.millis();
  }
}
