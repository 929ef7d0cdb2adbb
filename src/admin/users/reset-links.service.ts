import { Injectable } from '@nestjs/common';
import type { Principal } from '../../access/principal.js';
import { ResetMailsService } from '../../account/password/reset-mails.service.js';
import type { Caller } from '../../common/http/caller.js';
import { AccountLimits } from '../../rate-limits/account-limits.service.js';
import { TooManyAttempts } from '../../rate-limits/rate-limits.errors.js';
import { UserNotActive } from '../admin.errors.js';
import { DeskService, type Edit } from './desk.service.js';
import { FollowUpService } from './follow-up.service.js';

/** Links that the office may send to one person in an hour. */
const LINKS = { name: 'office-links', limit: 5, window: 3600 } as const;

/** Mails somebody a link to choose a password with; whoever has it sent never sees it. */
@Injectable()
export class ResetLinksService {
  constructor(
    private readonly desk: DeskService,
    private readonly limits: AccountLimits,
    private readonly mails: ResetMailsService,
    private readonly followUp: FollowUpService,
  ) {}

  /** @throws NotFound, PermissionDenied, BeyondOwnRights, UserNotActive, TooManyAttempts */
  async send(asker: Principal, userId: string, caller: Caller): Promise<void> {
    await this.desk.edit(asker, userId, assertActive);
    // Between two transactions: counting takes a connection of its own. Who may not send counts for nothing.
    if (!(await this.limits.count(LINKS, userId.toLowerCase()))) {
      throw new TooManyAttempts({ retryAfter: LINKS.window });
    }
    await this.desk.edit(asker, userId, async (edit) => {
      await assertActive(edit);
      await this.mails.sendByAdministrator(edit.manager, edit.user);
      await this.followUp.record(edit, 'password_reset_requested', caller);
    });
  }
}

const assertActive = ({ user }: Edit): Promise<void> =>
  user.isActive ? Promise.resolve() : Promise.reject(new UserNotActive());
