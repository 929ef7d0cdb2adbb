import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Caller } from '../common/http/caller.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { lockUser } from '../users/lock-user.js';
import { UserEmailsService } from '../users/user-emails.service.js';
import { TokenInvalid } from './account.errors.js';
import { EmailChangeMailsService } from './email-change-mails.service.js';
import { OneTimeTokensService } from './one-time-tokens.service.js';

/** Taking back a change of the address, from the address that was: the last word of whom it was taken from. */
@Injectable()
export class EmailChangeUndoService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly tokens: OneTimeTokensService,
    private readonly emails: UserEmailsService,
    private readonly sessions: SessionsService,
    private readonly mails: EmailChangeMailsService,
  ) {}

  /**
   * The address is back, everybody is signed out, and the password opens nothing: whoever changed the address
   * knew it. Later changes are taken back with this one, and cannot be redone by their own links: those went to
   * addresses that perhaps never were hers. Earlier ones can still be.
   *
   * @throws TokenInvalid, EmailTaken if the address has another account by now
   */
  async undo(token: string, caller: Caller): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      const spent = await this.tokens.spend(manager, 'undo_email_change', token);
      if (spent === undefined) throw new TokenInvalid();
      const { userId, about } = spent;
      const { email = '' } = about;
      const account = await lockUser(manager, userId);
      if (account === undefined) throw new TokenInvalid();
      await this.tokens.withdrawUndosFrom(manager, spent);
      await this.tokens.withdraw(manager, userId, ['change_email', 'reset_password']);
      await this.emails.removeUnproved(manager, email, 'merely_registered');
      await this.emails.restore(manager, userId, email, caller);
      await this.sessions.endFor('email_change_undone', { userId, caller }, manager);
      await this.mails.tellRestored(manager, account.user, email, caller);
    });
    this.mails.wake();
  }
}
