import { Injectable } from '@nestjs/common';
import type { Principal } from '../../access/principal.js';
import { NotFound } from '../../common/failures.js';
import type { Caller } from '../../common/http/caller.js';
import { AccountLimits } from '../../rate-limits/account-limits.service.js';
import { TooManyAttempts } from '../../rate-limits/rate-limits.errors.js';
import { ResetStops } from '../../two-factor/reset-stops.service.js';
import { userPermissions } from '../../users/users.permissions.js';
import { DeskService } from './desk.service.js';
import { FactorResetRequest } from './factor-reset-request.service.js';

/** How often the office may ask for it in a day, and so how many mails of it somebody gets. */
const RESETS = { name: 'office-factor-resets', limit: 5, window: 86_400 } as const;

/**
 * Recovery by people: an administrator who knows somebody asks for her second factors to be taken away. It happens only
 * after days in which the owner, who is told at once, can stop it.
 */
@Injectable()
export class FactorResetsService {
  constructor(
    private readonly desk: DeskService,
    private readonly limits: AccountLimits,
    private readonly requests: FactorResetRequest,
    private readonly stops: ResetStops,
  ) {}

  /** Returns when it is due. @throws TooManyAttempts, and as `FactorResetRequest` does */
  async request(asker: Principal, userId: string, reason: string, caller: Caller): Promise<Date> {
    await this.requests.check(asker, userId);
    // Between two transactions: counting takes a connection of its own. Who may not ask counts for nothing.
    if (!(await this.limits.count(RESETS, userId.toLowerCase()))) {
      throw new TooManyAttempts({ retryAfter: RESETS.window });
    }
    return this.requests.make(asker, userId, reason, caller);
  }

  /** Whoever may ask for one may stop one, whoever asked. @throws NotFound: none waits; PermissionDenied, BeyondOwnRights */
  async stop(asker: Principal, userId: string, caller: Caller): Promise<void> {
    await this.desk.lay(asker, userId, async (edit) => {
      await this.desk.assertMayEdit(edit, userPermissions.reset_two_factor);
      const stop = { by: 'administrator', actorId: edit.asker.user.id, caller } as const;
      if (!(await this.stops.stop(edit.manager, edit.user, stop))) throw new NotFound();
    });
  }
}
