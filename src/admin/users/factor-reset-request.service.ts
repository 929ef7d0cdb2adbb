import { Injectable } from '@nestjs/common';
import type { Principal } from '../../access/principal.js';
import { FactorResetMails } from '../../account/factor-reset/factor-reset-mails.service.js';
import type { Caller } from '../../common/http/caller.js';
import { BeyondOwnRights } from '../../permissions/permissions.errors.js';
import { FactorRows } from '../../two-factor/factor-rows.service.js';
import { TwoFactorResets } from '../../two-factor/two-factor-resets.service.js';
import { userPermissions } from '../../users/users.permissions.js';
import { NothingToReset, ResetPending, UserNotActive } from '../admin.errors.js';
import { DeskService, type Edit } from './desk.service.js';
import { FollowUpService } from './follow-up.service.js';

/** Whether a reset may be asked for, and what belongs to asking. */
@Injectable()
export class FactorResetRequest {
  constructor(
    private readonly desk: DeskService,
    private readonly factors: FactorRows,
    private readonly resets: TwoFactorResets,
    private readonly mails: FactorResetMails,
    private readonly followUp: FollowUpService,
  ) {}

  /** @throws NotFound, PermissionDenied, BeyondOwnRights, UserNotActive, NothingToReset, ResetPending */
  async check(asker: Principal, userId: string): Promise<void> {
    await this.desk.lay(asker, userId, (edit) => this.assertPossible(edit));
  }

  /** Returns when it is due. @throws as `check` */
  make(asker: Principal, userId: string, reason: string, caller: Caller): Promise<Date> {
    return this.desk.lay(asker, userId, async (edit) => {
      await this.assertPossible(edit);
      const { manager, user } = edit;
      const requested = { userId: user.id, requestedBy: edit.asker.user.id, reason };
      const dueAt = await this.resets.request(manager, requested);
      if (dueAt === undefined) throw new ResetPending();
      await this.mails.announce(manager, user, dueAt);
      const details = { reason, dueAt: dueAt.toISOString() };
      await this.followUp.record(edit, 'two_factor_reset_requested', caller, details);
      return dueAt;
    });
  }

  private async assertPossible(edit: Edit): Promise<void> {
    const { manager, asker, user } = edit;
    await this.desk.assertMayEdit(edit, userPermissions.reset_two_factor);
    if (asker.user.id === user.id) {
      throw new BeyondOwnRights({ detail: 'Ask somebody else for it.' });
    }
    if (!user.isActive) throw new UserNotActive();
    if (!(await this.factors.hasAny(manager, user.id))) throw new NothingToReset();
    if (await this.resets.isPending(manager, user.id)) throw new ResetPending();
  }
}
