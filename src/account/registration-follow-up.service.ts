import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { AuditService } from '../audit/audit.service.js';
import type { Caller } from '../common/http/caller.js';
import { Mailer } from '../mail/mailer.js';
import { recipientOf } from '../mail/recipient.js';
import type { UserRow } from '../users/new-user.js';
import { UsersService } from '../users/users.service.js';
import { EmailVerificationService } from './email-verification.service.js';

/** What follows a registration: a mail and an entry in the log book, whichever way it went. */
@Injectable()
export class RegistrationFollowUp {
  constructor(
    private readonly users: UsersService,
    private readonly verification: EmailVerificationService,
    private readonly mailer: Mailer,
    private readonly audit: AuditService,
  ) {}

  async welcome(manager: EntityManager, user: UserRow, caller: Caller): Promise<void> {
    await this.audit.record(manager, {
      action: 'registration',
      outcome: 'success',
      actorId: user.id,
      subjectId: user.id,
      caller,
    });
    await this.verification.send(manager, user);
  }

  /** In the owner's language. To the address that was proved, not to the spelling that somebody typed just now. */
  async tellOwner(manager: EntityManager, email: string, caller: Caller): Promise<void> {
    const found = await this.users.findByEmail(email);
    const recipient = found ? recipientOf(found.user) : { to: email, locale: null };
    await this.audit.record(manager, {
      action: 'registration',
      outcome: 'failure',
      subjectId: found?.user.id,
      caller,
      details: { reason: 'email_taken' },
    });
    await this.mailer.enqueue(manager, {
      ...recipient,
      template: 'already-registered',
      params: {},
    });
  }
}
