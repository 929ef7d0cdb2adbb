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

/** At which provider, by the name that people read, and who did it. */
interface Change {
  readonly provider: string;
  readonly caller: Caller;
}

type Notice = 'social-account-linked' | 'social-account-unlinked' | 'address-proved-anew';

/** What follows a change of ways in through providers: an entry in the log book and a mail to the owner (ASVS 6.3.7). */
@Injectable()
export class SocialFollowUp {
  constructor(
    private readonly audit: AuditService,
    private readonly mailer: Mailer,
    private readonly clock: Clock,
  ) {}

  async linked(manager: EntityManager, user: User, change: Change): Promise<void> {
    await this.record(manager, user, change, 'social_account_linked');
    await this.tell(manager, user, change, 'social-account-linked');
  }

  async unlinked(manager: EntityManager, user: User, change: Change): Promise<void> {
    await this.record(manager, user, change, 'social_account_unlinked');
    await this.tell(manager, user, change, 'social-account-unlinked');
  }

  /** Nobody had proved the address before, and everything that was attached to the account is gone. */
  async tookOver(manager: EntityManager, user: User, change: Change): Promise<void> {
    await this.record(manager, user, change, 'email_verified');
    await this.record(manager, user, change, 'social_account_linked');
    await this.tell(manager, user, change, 'address-proved-anew');
  }

  private record(
    manager: EntityManager,
    { id }: User,
    { provider, caller }: Change,
    action: AuditAction,
  ): Promise<void> {
    const about = { actorId: id, subjectId: id, caller, details: { provider } };
    return this.audit.record(manager, { action, outcome: 'success', ...about });
  }

  private async tell(
    manager: EntityManager,
    user: User,
    { provider, caller }: Change,
    template: Notice,
  ): Promise<void> {
    const params = { provider, ...circumstances(caller, this.clock.now()) };
    await this.mailer.enqueue(manager, { ...recipientOf(user), template, params });
    afterCommit(manager, () => {
      this.mailer.wake();
    });
  }
}
