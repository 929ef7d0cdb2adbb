import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { AuditAction } from '../../audit/audit-actions.js';
import type { Details } from '../../audit/audit-proofs.js';
import { AuditService } from '../../audit/audit.service.js';
import { Clock } from '../../common/clock.js';
import type { Caller } from '../../common/http/caller.js';
import { afterCommit } from '../../database/after-commit.js';
import { Mailer } from '../../mail/mailer.js';
import { recipientOf } from '../../mail/recipient.js';
import type { User } from '../../users/user.entity.js';

/** What an administrator did to whom, and the transaction in which. */
export interface Deed {
  readonly manager: EntityManager;
  readonly asker: { readonly user: Pick<User, 'id'> };
  readonly user: Pick<User, 'id'>;
}

/** What follows a deed of the office: an entry in the log book, and where it is about a way in, a mail to its owner. */
@Injectable()
export class FollowUpService {
  constructor(
    private readonly audit: AuditService,
    private readonly mailer: Mailer,
    private readonly clock: Clock,
  ) {}

  record(
    { manager, asker, user }: Deed,
    action: AuditAction,
    caller: Caller,
    details: Details = {},
  ): Promise<void> {
    const about = { actorId: asker.user.id, subjectId: user.id, caller, details };
    return this.audit.record(manager, { action, outcome: 'success', ...about });
  }

  /** Not who it was, nor from where. */
  async tellActive(
    { manager, user }: Deed & { readonly user: User },
    isActive: boolean,
  ): Promise<void> {
    await this.mailer.enqueue(manager, {
      ...recipientOf(user),
      template: isActive ? 'account-reactivated' : 'account-deactivated',
      params: { when: this.clock.now() },
    });
    afterCommit(manager, () => {
      this.mailer.wake();
    });
  }
}
