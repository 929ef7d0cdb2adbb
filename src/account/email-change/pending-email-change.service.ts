import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AuditService } from '../../audit/audit.service.js';
import type { Caller } from '../../common/http/caller.js';
import { OneTimeTokensService } from '../proof/one-time-tokens.service.js';
import type { PendingEmailDto } from './email-change.dto.js';

/** A change of the address that waits for its proof, as its owner sees it: taken or free, it looks the same. */
@Injectable()
export class PendingEmailChangeService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly tokens: OneTimeTokensService,
    private readonly audit: AuditService,
  ) {}

  async of(userId: string): Promise<PendingEmailDto | undefined> {
    const pending = await this.tokens.pending(userId, 'change_email');
    if (pending === undefined) return undefined;
    const { email = '', at = '' } = pending.about;
    return { newEmail: email, requestedAt: at, expiresAt: pending.expiresAt.toISOString() };
  }

  /** Nothing is there to be told of where nothing waits. */
  async cancel(userId: string, caller: Caller): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      if (!(await this.tokens.expire(manager, userId, 'change_email'))) return;
      await this.audit.record(manager, {
        action: 'email_change_cancelled',
        outcome: 'success',
        actorId: userId,
        subjectId: userId,
        caller,
      });
    });
  }
}
