import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AuditService } from '../../audit/audit.service.js';
import { Clock } from '../../common/clock.js';
import type { Caller } from '../../common/http/caller.js';
import { afterCommit } from '../../database/after-commit.js';
import { circumstances } from '../../mail/circumstances.js';
import { Mailer } from '../../mail/mailer.js';
import { recipientOf } from '../../mail/recipient.js';
import { lockUser } from '../../users/lock-user.js';
import type { User } from '../../users/user.entity.js';
import { SecondFactor, type ShownFactor } from '../second-factor.js';
import { RecoveryCodesService } from './recovery-codes.service.js';

/** So few are left that it is time for new ones. */
const FEW = 2;

/** A code that was kept for when the factor is lost. Its owner is told of each that was used (NIST SP 800-63B-4, 4.2.3). */
@Injectable()
export class RecoveryCodeSecondFactor extends SecondFactor {
  readonly method = 'recovery_code';

  constructor(
    private readonly dataSource: DataSource,
    private readonly codes: RecoveryCodesService,
    private readonly audit: AuditService,
    private readonly mailer: Mailer,
    private readonly clock: Clock,
  ) {
    super();
  }

  async isReady(userId: string): Promise<boolean> {
    return (await this.codes.left(userId)) > 0;
  }

  async prove(
    userId: string,
    { code }: ShownFactor,
    caller: Caller,
  ): Promise<readonly string[] | undefined> {
    if (code === undefined) return undefined;
    const isRight = await this.dataSource.transaction(async (manager) => {
      // First, as whoever makes new codes does; and of two at once each mail says a number of its own.
      const locked = await lockUser(manager, userId);
      if (locked === undefined) return false;
      if (!(await this.codes.spend(manager, userId, code))) return false;
      await this.tell(manager, locked.user, caller);
      return true;
    });
    return isRight ? ['recovery_code', 'mfa'] : undefined;
  }

  private async tell(manager: EntityManager, user: User, caller: Caller): Promise<void> {
    const left = await this.codes.left(user.id, manager);
    await this.audit.record(manager, {
      action: 'recovery_code_used',
      outcome: 'success',
      actorId: user.id,
      subjectId: user.id,
      caller,
      details: { left },
    });
    await this.mailer.enqueue(manager, {
      ...recipientOf(user),
      template: left > FEW ? 'recovery-code-used' : 'recovery-codes-few',
      params: { left: String(left), ...circumstances(caller, this.clock.now()) },
    });
    afterCommit(manager, () => {
      this.mailer.wake();
    });
  }
}
