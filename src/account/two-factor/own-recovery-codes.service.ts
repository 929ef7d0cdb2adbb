import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { InvalidToken } from '../../access/access.errors.js';
import type { Principal } from '../../access/principal.js';
import type { Caller } from '../../common/http/caller.js';
import { FactorRows } from '../../two-factor/factor-rows.service.js';
import { RecoveryCodesService } from '../../two-factor/recovery-codes/recovery-codes.service.js';
import { lockUser } from '../../users/lock-user.js';
import { FactorFollowUp } from './factor-follow-up.service.js';
import { NoSecondFactor } from './two-factor.errors.js';

/** The recovery codes of whoever asks. */
@Injectable()
export class OwnRecoveryCodes {
  constructor(
    private readonly dataSource: DataSource,
    private readonly factors: FactorRows,
    private readonly codes: RecoveryCodesService,
    private readonly followUp: FactorFollowUp,
  ) {}

  /**
   * New ones in place of all of before. Her factors stay what they are, so sessions and devices do, too.
   *
   * @throws NoSecondFactor, InvalidToken
   */
  replace({ user: { id } }: Principal, caller: Caller): Promise<readonly string[]> {
    return this.dataSource.transaction(async (manager) => {
      const locked = await lockUser(manager, id);
      if (!locked?.user.isActive) throw new InvalidToken();
      if (!(await this.factors.hasAny(manager, id))) throw new NoSecondFactor();
      const codes = await this.codes.replace(manager, id);
      await this.followUp.codesMade(manager, locked.user, caller);
      return codes;
    });
  }
}
