import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Caller } from '../../common/http/caller.js';
import { KnownDevicesService } from '../../login/known-devices.service.js';
import { SessionsService } from '../../sessions/sessions.service.js';
import { lockUser } from '../../users/lock-user.js';
import { UserEmailsService } from '../../users/user-emails.service.js';
import type { User } from '../../users/user.entity.js';
import { TokenInvalid } from '../account.errors.js';
import { OneTimeTokensService, type SpentToken } from '../proof/one-time-tokens.service.js';
import { LaterWaysIn } from './later-ways-in.service.js';

/** What happens when a change is taken back, all of it in the transaction that spends the link. */
@Injectable()
export class FormerEmailService {
  constructor(
    private readonly tokens: OneTimeTokensService,
    private readonly emails: UserEmailsService,
    private readonly sessions: SessionsService,
    private readonly devices: KnownDevicesService,
    private readonly later: LaterWaysIn,
  ) {}

  /**
   * The address is back, everybody is signed out, every device is a stranger, second factors and API keys that came since
   * are gone, and the password opens nothing: whoever changed the address knew it. Later changes are taken back with
   * this one, and cannot be redone by their own links: those went to addresses that perhaps never were hers. Earlier
   * ones can still be.
   *
   * @throws TokenInvalid, EmailTaken if the address has another account by now
   */
  async giveBack(
    manager: EntityManager,
    spent: SpentToken,
    email: string,
    caller: Caller,
  ): Promise<User> {
    const { userId } = spent;
    const account = await lockUser(manager, userId);
    if (account === undefined) throw new TokenInvalid();
    await this.tokens.withdrawUndosFrom(manager, spent);
    await this.tokens.withdraw(manager, userId, ['change_email', 'reset_password']);
    await this.emails.removeUnproved(manager, email, 'taken_back', caller);
    await this.emails.restore(manager, userId, email, caller);
    await this.sessions.endFor('email_change_undone', { userId, caller }, manager);
    await this.devices.forget(manager, userId);
    await this.later.remove(manager, userId, spent.about, caller);
    return account.user;
  }
}
