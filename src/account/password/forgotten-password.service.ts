import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AuditService } from '../../audit/audit.service.js';
import type { Caller } from '../../common/http/caller.js';
import { AccountLimits } from '../../rate-limits/account-limits.service.js';
import { canonicalEmail } from '../../users/canonical-email.js';
import { lockUser } from '../../users/lock-user.js';
import type { User } from '../../users/user.entity.js';
import { UsersService } from '../../users/users.service.js';
import { inTheSameTime } from '../proof/same-time.js';
import { ResetMailsService } from './reset-mails.service.js';

/**
 * Links that an account may be sent in an hour, whoever asks. Past it nothing is sent, and the newest link
 * that was goes on to work: asking again and again neither fills a mailbox nor keeps its owner out.
 */
const LINKS = { name: 'reset-links', limit: 3, window: 3600 } as const;

type Outcome = 'sent' | 'too_many' | 'unknown_account' | 'not_active';

/** Mails links with which another password can be chosen. */
@Injectable()
export class ForgottenPasswordService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly users: UsersService,
    private readonly limits: AccountLimits,
    private readonly mails: ResetMailsService,
    private readonly audit: AuditService,
  ) {}

  /** Mails a link if there is an active account. Tells the caller nothing, by the time it takes neither. */
  async ask(email: string, caller: Caller): Promise<void> {
    await inTheSameTime(this.answer(email, caller));
  }

  private async answer(email: string, caller: Caller): Promise<void> {
    const account = canonicalEmail(email) ?? email;
    const mayBeSent = await this.limits.count(LINKS, account);
    const found = await this.users.findByEmail(email);
    await this.dataSource.transaction(async (manager) => {
      const outcome = mayBeSent
        ? await this.send(manager, found?.user, email, caller)
        : await this.sendNothing(manager, 'too_many');
      const details =
        found === undefined
          ? { reason: outcome, attempted: this.audit.pseudonym(account) }
          : { reason: outcome };
      await this.audit.record(manager, {
        action: 'password_reset_requested',
        outcome: outcome === 'sent' ? 'success' : 'failure',
        subjectId: found?.user.id,
        caller,
        details,
      });
    });
    this.mails.wake();
  }

  /** Under the lock a link is issued either before a change of the account, which voids it, or for what is then. */
  private async send(
    manager: EntityManager,
    found: User | undefined,
    email: string,
    { languages }: Caller,
  ): Promise<Outcome> {
    if (found === undefined) {
      await this.mails.sayThereIsNone(manager, email, languages);
      return 'unknown_account';
    }
    const owner = await lockUser(manager, found.id);
    if (!owner?.user.isActive) return this.sendNothing(manager, 'not_active');
    await this.mails.sendLink(manager, owner.user);
    return 'sent';
  }

  private async sendNothing(manager: EntityManager, outcome: Outcome): Promise<Outcome> {
    await this.mails.sendNothing(manager);
    return outcome;
  }
}
