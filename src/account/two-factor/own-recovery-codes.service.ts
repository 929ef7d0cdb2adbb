import { Injectable } from '@nestjs/common';
import type { Principal } from '../../access/principal.js';
import type { Caller } from '../../common/http/caller.js';
import { FactorRows } from '../../two-factor/factor-rows.service.js';
import { RecoveryCodesService } from '../../two-factor/recovery-codes/recovery-codes.service.js';
import { FactorChanges } from './factor-changes.service.js';
import { FactorFollowUp } from './factor-follow-up.service.js';
import { NoSecondFactor } from './two-factor.errors.js';

/** The recovery codes of whoever asks. */
@Injectable()
export class OwnRecoveryCodes {
  constructor(
    private readonly changes: FactorChanges,
    private readonly factors: FactorRows,
    private readonly codes: RecoveryCodesService,
    private readonly followUp: FactorFollowUp,
  ) {}

  /**
   * New ones in place of all of before. Her factors stay what they are, so sessions and devices do, too.
   *
   * @throws NoSecondFactor, InvalidToken
   */
  replace(principal: Principal, caller: Caller): Promise<readonly string[]> {
    return this.changes.within(principal, async (manager, user) => {
      if (!(await this.factors.hasAny(manager, user.id))) throw new NoSecondFactor();
      const codes = await this.codes.replace(manager, user.id);
      await this.followUp.codesMade(manager, user, caller);
      return codes;
    });
  }
}
