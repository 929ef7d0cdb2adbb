import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Caller } from '../../common/http/caller.js';
import { TokenInvalid } from '../account.errors.js';
import { LeavingMailsService } from '../leaving/leaving-mails.service.js';
import { OneTimeTokensService } from '../proof/one-time-tokens.service.js';
import { EmailChangeMailsService } from './email-change-mails.service.js';
import { FormerEmailService } from './former-email.service.js';

/** Taking back a change of the address, from the address that was: the last word of whom it was taken from. */
@Injectable()
export class EmailChangeUndoService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly tokens: OneTimeTokensService,
    private readonly former: FormerEmailService,
    private readonly mails: EmailChangeMailsService,
    private readonly leaving: LeavingMailsService,
  ) {}

  /**
   * Whoever took the account may have closed it, too, which was told to the address that he gave it: its owner
   * learns now how to keep it.
   *
   * @throws TokenInvalid, EmailTaken if the address has another account by now
   */
  async undo(token: string, caller: Caller): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      const spent = await this.tokens.spend(manager, 'undo_email_change', token);
      if (spent === undefined) throw new TokenInvalid();
      const { email = spent.email } = spent.about;
      const user = await this.former.giveBack(manager, spent, email, caller);
      await this.mails.tellRestored(manager, user, email, caller);
      await this.leaving.offerWayBack(manager, user.id);
    });
    this.mails.wake();
  }
}
