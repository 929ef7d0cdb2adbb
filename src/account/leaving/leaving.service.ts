import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { InvalidToken } from '../../access/access.errors.js';
import { AuditService } from '../../audit/audit.service.js';
import type { Caller } from '../../common/http/caller.js';
import { SessionsService } from '../../sessions/sessions.service.js';
import { LeavingUsersService } from '../../users/leaving-users.service.js';
import type { User } from '../../users/user.entity.js';
import { LeavingMailsService } from './leaving-mails.service.js';

/** Leaving, for a while or for good. Nothing of it is final before the grace is over. */
@Injectable()
export class LeavingService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly users: LeavingUsersService,
    private readonly sessions: SessionsService,
    private readonly mails: LeavingMailsService,
    private readonly audit: AuditService,
  ) {}

  /** Returns when it is final. @throws LastSuperuser */
  async requestDeletion(userId: string, caller: Caller): Promise<Date> {
    const finalAt = await this.dataSource.transaction(async (manager) => {
      const user = await this.close(manager, userId, (owner) => this.mails.finalAt(owner));
      await this.audit.record(manager, {
        action: 'deletion_requested',
        outcome: 'success',
        actorId: userId,
        subjectId: userId,
        caller,
      });
      return this.mails.confirmDeletion(manager, user, caller);
    });
    this.mails.wake();
    return finalAt;
  }

  /** @throws LastSuperuser */
  async deactivate(userId: string, caller: Caller): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      const user = await this.close(manager, userId, () => null);
      await this.audit.record(manager, {
        action: 'account_deactivated',
        outcome: 'success',
        actorId: userId,
        subjectId: userId,
        caller,
      });
      await this.mails.confirmDeactivation(manager, user, caller);
    });
    this.mails.wake();
  }

  /** The row is locked before the sessions end, as in every change of a user. */
  private async close(
    manager: EntityManager,
    userId: string,
    deletion: (user: User) => Date | null,
  ): Promise<User> {
    const user = await this.users.leave(manager, userId, deletion);
    if (user === undefined) throw new InvalidToken();
    await this.sessions.endFor('user_deactivated', { userId }, manager);
    return user;
  }
}
