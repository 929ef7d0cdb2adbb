import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Caller } from '../../common/http/caller.js';
import { SessionsService } from '../../sessions/sessions.service.js';
import { lockUser } from '../../users/lock-user.js';
import { UserEmailsService } from '../../users/user-emails.service.js';
import { TokenInvalid } from '../account.errors.js';
import { OneTimeTokensService, type SpentToken } from '../proof/one-time-tokens.service.js';
import { EmailChangeMailsService } from './email-change-mails.service.js';

/** What happens when a new address is proved, all of it in the transaction that spends the proof. */
@Injectable()
export class NewEmailService {
  constructor(
    private readonly tokens: OneTimeTokensService,
    private readonly emails: UserEmailsService,
    private readonly sessions: SessionsService,
    private readonly mails: EmailChangeMailsService,
  ) {}

  /**
   * The account takes the address. Whoever only registered it, and proved nothing, makes room. The session
   * that asked stays, the others end. The former address can undo it, but only one that was proved: a link to
   * a mistyped address would hand the account to whoever reads mail there.
   *
   * @throws TokenInvalid, EmailTaken
   */
  async take(manager: EntityManager, { userId, about }: SpentToken, caller: Caller): Promise<void> {
    const { email = '', sessionId = '' } = about;
    const former = await lockUser(manager, userId);
    if (former === undefined) throw new TokenInvalid();
    await this.emails.removeUnproved(manager, email, 'merely_registered', caller);
    if (!(await this.emails.change(manager, userId, email, caller))) throw new TokenInvalid();
    await this.tokens.withdraw(manager, userId, ['reset_password']);
    await this.sessions.endFor('email_changed', { userId, sessionId, caller }, manager);
    if (former.user.emailVerifiedAt !== null) {
      await this.mails.tellFormer(manager, former.user, about);
    }
  }
}
