import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Happening } from '../audit/audit-event.js';
import { AuditService } from '../audit/audit.service.js';
import { Clock } from '../common/clock.js';
import type { Caller } from '../common/http/caller.js';
import { afterCommit } from '../database/after-commit.js';
import { Mailer } from '../mail/mailer.js';
import { recipientOf } from '../mail/recipient.js';
import type { User } from '../users/user.entity.js';
import type { PendingReset } from './two-factor-resets.service.js';

/** Who stops a reset, and by what. */
export interface Stop {
  /** right_lost: whoever asked for it might not do so any more. */
  readonly by: 'link' | 'owner' | 'administrator' | 'second_factor' | 'right_lost';
  readonly actorId?: string;
  readonly caller?: Caller | undefined;
}

/** What becomes of a reset, for the log book and its owner: in the transaction in which it was taken. */
@Injectable()
export class ResetNews {
  constructor(
    private readonly audit: AuditService,
    private readonly mailer: Mailer,
    private readonly clock: Clock,
  ) {}

  stopped(manager: EntityManager, user: User, { by, actorId, caller }: Stop): Promise<void> {
    const about = { actorId, caller, details: { by } };
    const happening = { ...about, action: 'two_factor_reset_stopped' } as const;
    return this.tell(manager, user, happening, 'second-factor-reset-stopped');
  }

  done(manager: EntityManager, user: User, reset: PendingReset): Promise<void> {
    const { requestedBy, reason, createdAt } = reset;
    const details = { reason, requestedAt: createdAt.toISOString() };
    const about = { actorId: requestedBy ?? undefined, details };
    const happening = { ...about, action: 'two_factor_reset' } as const;
    return this.tell(manager, user, happening, 'second-factor-reset-done');
  }

  private async tell(
    manager: EntityManager,
    user: User,
    happening: Omit<Happening, 'outcome' | 'subjectId'>,
    template: 'second-factor-reset-stopped' | 'second-factor-reset-done',
  ): Promise<void> {
    await this.audit.record(manager, { ...happening, outcome: 'success', subjectId: user.id });
    const params = { when: this.clock.now() };
    await this.mailer.enqueue(manager, { ...recipientOf(user), template, params });
    afterCommit(manager, () => {
      this.mailer.wake();
    });
  }
}
