import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { AuditService } from '../../audit/audit.service.js';
import { Clock } from '../../common/clock.js';
import type { Caller } from '../../common/http/caller.js';
import type { UserRow } from '../../users/new-user.js';
import { UsersService } from '../../users/users.service.js';
import { occasionOf } from '../proof/occasion.js';
import { RegistrationMailsService } from './registration-mails.service.js';

/** What follows a registration: a mail and an entry in the log book, whichever way it went. */
@Injectable()
export class RegistrationFollowUp {
  constructor(
    private readonly users: UsersService,
    private readonly mails: RegistrationMailsService,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /** @param replaced whether it took the place of one that nobody had proved */
  async welcome(
    manager: EntityManager,
    user: UserRow,
    caller: Caller,
    { replaced = false }: { replaced?: boolean } = {},
  ): Promise<void> {
    await this.audit.record(manager, {
      action: 'registration',
      outcome: 'success',
      actorId: user.id,
      subjectId: user.id,
      caller,
      details: { replaced },
    });
    const about = occasionOf(caller, this.clock.now());
    await this.mails.askForProof(manager, user, replaced ? { ...about, replaced: 'yes' } : about);
  }

  async tellOwner(manager: EntityManager, email: string, caller: Caller): Promise<void> {
    const found = await this.users.findByEmail(email, manager);
    await this.audit.record(manager, {
      action: 'registration',
      outcome: 'failure',
      subjectId: found?.user.id,
      caller,
      details: { reason: 'email_taken' },
    });
    await this.mails.tellOwner(manager, email);
  }
}
