import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { Caller } from '../common/http/caller.js';
import { Settings } from '../config/settings.js';
import { Mailer } from '../mail/mailer.js';
import { recipientOf } from '../mail/recipient.js';
import type { User } from '../users/user.entity.js';
import { UsersService } from '../users/users.service.js';
import { TokenInvalid } from './account.errors.js';
import { OneTimeTokensService } from './one-time-tokens.service.js';

/** Milliseconds that the answer takes at least: longer than the work does where there is somebody to write to. */
const SAME_TIME = 100;

/** Proving that an address is one's own. */
@Injectable()
export class EmailVerificationService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly users: UsersService,
    private readonly tokens: OneTimeTokensService,
    private readonly mailer: Mailer,
    private readonly settings: Settings,
  ) {}

  /** Mails a link, in the place of the earlier one, within the caller's transaction. */
  async send(
    manager: EntityManager,
    user: Pick<User, 'id' | 'email' | 'emailCanonical' | 'locale'>,
  ): Promise<void> {
    const { emailVerificationTtl, verifyUrl } = this.settings;
    const token = await this.tokens.issue(manager, 'verify_email', user, emailVerificationTtl);
    await this.mailer.enqueue(manager, {
      ...recipientOf(user),
      template: 'verify-email',
      params: {
        link: verifyUrl.replaceAll('{token}', token),
        token,
        expiresIn: emailVerificationTtl,
      },
    });
  }

  /** Sends another link if there is an account that waits for one. Tells nobody, by the time it takes neither. */
  async resend(email: string): Promise<void> {
    await Promise.all([this.sendIfAwaited(email), sleep(SAME_TIME)]);
  }

  private async sendIfAwaited(email: string): Promise<void> {
    const found = await this.users.findByEmail(email);
    const waits = found?.user.isActive && found.user.emailVerifiedAt === null;
    await this.dataSource.transaction(async (manager) => {
      if (waits) await this.send(manager, found.user);
      else await this.mailer.enqueueNothing(manager);
    });
    this.mailer.wake();
  }

  /** @throws TokenInvalid */
  async verify(token: string, caller: Caller): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      const spent = await this.tokens.spend(manager, 'verify_email', token);
      if (spent === undefined) throw new TokenInvalid();
      const { userId, email } = spent;
      const proved = await this.users.markEmailVerified(manager, userId, email, caller);
      if (!proved) throw new TokenInvalid();
    });
  }
}
