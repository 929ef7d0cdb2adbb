import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Principal } from '../../access/principal.js';
import { ValidationFailed } from '../../common/failures.js';
import type { Caller } from '../../common/http/caller.js';
import { AccountLimits } from '../../rate-limits/account-limits.service.js';
import { TooManyAttempts } from '../../rate-limits/rate-limits.errors.js';
import { canonicalEmail } from '../../users/canonical-email.js';
import { UserEmailsService } from '../../users/user-emails.service.js';
import type { User } from '../../users/user.entity.js';
import { WrongCurrentPassword } from '../account.errors.js';
import type { About } from '../proof/one-time-token.entity.js';
import { OwnPasswordService } from '../proof/own-password.service.js';
import { inTheSameTime } from '../proof/same-time.js';
import { EmailChangeMailsService } from './email-change-mails.service.js';
import type { ChangeEmailDto } from './email-change.dto.js';

const HOUR = 3600;
/** Mails that an account may have sent to addresses that are not its own, whatever became of its wishes meanwhile. */
const MAILS = { name: 'email-change-mails', limit: 5, window: HOUR } as const;

/** Asking for another address. Nothing changes until it is proved there. */
@Injectable()
export class EmailChangeService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly own: OwnPasswordService,
    private readonly emails: UserEmailsService,
    private readonly mails: EmailChangeMailsService,
    private readonly limits: AccountLimits,
  ) {}

  /**
   * Keeps the wish and mails a link and a code to the new address; its owner, if it has one, is told there and
   * nowhere else: answer, work and what is kept are the same.
   *
   * @throws WrongCurrentPassword, TooManyAttempts, ValidationFailed
   */
  async request(
    { user, sessionId = '' }: Principal,
    { newEmail, password }: ChangeEmailDto,
    caller: Caller,
    signal: AbortSignal,
  ): Promise<void> {
    const attempt = { password, caller, action: 'email_change_requested' } as const;
    const proved = await this.own.prove(user.id, attempt, signal);
    if (proved === undefined) throw new WrongCurrentPassword('password');
    if (canonicalEmail(newEmail) === proved.emailCanonical) {
      throw new ValidationFailed({ errors: [UNCHANGED] });
    }
    if (!(await this.limits.count(MAILS, user.id))) throw new TooManyAttempts({ retryAfter: HOUR });
    await inTheSameTime(this.send(proved, { email: newEmail, sessionId }, caller));
  }

  private async send(proved: User, wanted: About, caller: Caller): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      const wish = await this.emails.wish(manager, proved, wanted['email'] ?? '', caller);
      // A reset, or another change, came between the password and now.
      if (wish === undefined) throw new WrongCurrentPassword('password');
      const sent = await this.mails.ask(manager, proved, wanted, caller, wish.holder);
      if (!sent) throw new TooManyAttempts({ retryAfter: HOUR });
    });
    this.mails.wake();
  }
}

const UNCHANGED = {
  field: 'newEmail',
  code: 'unchanged',
  message: 'It is the address that you have.',
};
