import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { TwoFactorDemands } from '../../permissions/demands/two-factor-demands.service.js';
import { FactorRows } from '../../two-factor/factor-rows.service.js';
import { RecoveryCodesService } from '../../two-factor/recovery-codes/recovery-codes.service.js';
import type { User } from '../../users/user.entity.js';
import { SecondFactorDemanded } from './two-factor.errors.js';

/** The factors that somebody has, whatever their kind, under the lock of the user. */
@Injectable()
export class FactorSet {
  constructor(
    private readonly rows: FactorRows,
    private readonly recoveryCodes: RecoveryCodesService,
    private readonly demands: TwoFactorDemands,
  ) {}

  areAny(manager: EntityManager, userId: string): Promise<boolean> {
    return this.rows.hasAny(manager, userId);
  }

  /** Recovery codes for whoever has none, or none that is good. */
  async firstCodes(manager: EntityManager, userId: string): Promise<readonly string[] | undefined> {
    const left = await this.recoveryCodes.left(userId, manager);
    return left > 0 ? undefined : this.recoveryCodes.replace(manager, userId);
  }

  /** What goes with the last factor. @throws SecondFactorDemanded */
  async giveUp(manager: EntityManager, user: User): Promise<void> {
    if (await this.demands.read(user, manager)) throw new SecondFactorDemanded();
    await this.recoveryCodes.remove(manager, user.id);
  }
}
