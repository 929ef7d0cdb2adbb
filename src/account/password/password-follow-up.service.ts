import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { AuditAction } from '../../audit/audit-actions.js';
import { AuditService } from '../../audit/audit.service.js';
import { Clock } from '../../common/clock.js';
import type { Caller } from '../../common/http/caller.js';
import { afterCommit } from '../../database/after-commit.js';
import { circumstances } from '../../mail/circumstances.js';
import { Mailer } from '../../mail/mailer.js';
import { recipientOf } from '../../mail/recipient.js';
import type { User } from '../../users/user.entity.js';

const NOTICES = { password_changed: 'password-changed', password_set: 'password-set' } as const;
type Notice =
  (typeof NOTICES)[keyof typeof NOTICES] | 'password-reset-done' | 'password-reset-anew';

/** What follows a new password: an entry in the log book and a mail to the owner. */
@Injectable()
export class PasswordFollowUp {
  constructor(
    private readonly audit: AuditService,
    private readonly mailer: Mailer,
    private readonly clock: Clock,
  ) {}

  /** @param anew whether nobody had proved the address before, and everything else is gone */
  async afterReset(
    manager: EntityManager,
    user: User,
    caller: Caller,
    anew: boolean,
  ): Promise<void> {
    await this.record(manager, user, caller, 'password_reset');
    if (anew) await this.record(manager, user, caller, 'email_verified');
    await this.tell(manager, user, caller, anew ? 'password-reset-anew' : 'password-reset-done');
  }

  async afterChange(
    manager: EntityManager,
    user: User,
    caller: Caller,
    action: keyof typeof NOTICES,
  ): Promise<void> {
    await this.record(manager, user, caller, action);
    await this.tell(manager, user, caller, NOTICES[action]);
  }

  private record(
    manager: EntityManager,
    { id }: User,
    caller: Caller,
    action: AuditAction,
  ): Promise<void> {
    const about = { actorId: id, subjectId: id, caller };
    return this.audit.record(manager, { action, outcome: 'success', ...about });
  }

  private async tell(
    manager: EntityManager,
    user: User,
    caller: Caller,
    template: Notice,
  ): Promise<void> {
    const params = circumstances(caller, this.clock.now());
    await this.mailer.enqueue(manager, { ...recipientOf(user), template, params });
    afterCommit(manager, () => {
      this.mailer.wake();
    });
  }
}
