import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Caller } from '../../common/http/caller.js';
import { SessionsService } from '../../sessions/sessions.service.js';
import { UserEmailsService } from '../../users/user-emails.service.js';
import { TokenInvalid } from '../account.errors.js';
import { OneTimeTokensService } from '../proof/one-time-tokens.service.js';

/** "This was not me": said with the link that would have confirmed a registration. */
@Injectable()
export class DenialService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly tokens: OneTimeTokensService,
    private readonly sessions: SessionsService,
    private readonly emails: UserEmailsService,
  ) {}

  /** The account that was registered with the address is gone. @throws TokenInvalid */
  async deny(token: string, caller: Caller): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      const spent = await this.tokens.spend(manager, 'verify_email', token);
      if (spent === undefined) throw new TokenInvalid();
      await this.sessions.endFor('user_deleted', { userId: spent.userId }, manager);
      const removed = await this.emails.removeUnproved(manager, spent.email, 'denied', caller);
      if (removed !== spent.userId) throw new TokenInvalid();
    });
  }
}
