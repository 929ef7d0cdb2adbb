import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Settings } from '../../config/settings.js';
import { Mailer } from '../../mail/mailer.js';
import { recipientOf } from '../../mail/recipient.js';
import { lockUser } from '../../users/lock-user.js';
import type { User } from '../../users/user.entity.js';
import { UsersService } from '../../users/users.service.js';
import { circumstancesOf } from '../proof/occasion.js';
import { readable } from '../proof/one-time-code.js';
import { CODE_TTL, type IssuedCode, OneTimeCodesService } from '../proof/one-time-codes.service.js';
import type { About } from '../proof/one-time-token.entity.js';
import { inTheSameTime } from '../proof/same-time.js';

type Registered = Pick<User, 'id' | 'email' | 'emailCanonical' | 'locale' | 'createdAt'>;

/** What is mailed when somebody registers, in the caller's transaction. */
@Injectable()
export class RegistrationMailsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly users: UsersService,
    private readonly codes: OneTimeCodesService,
    private readonly mailer: Mailer,
    private readonly settings: Settings,
  ) {}

  /** Mails a link and a code, in the place of the earlier ones. */
  async askForProof(manager: EntityManager, user: Registered, about: About): Promise<void> {
    const lifetime = this.settings.email.verificationTtl;
    const issued = await this.codes.issue(manager, 'verify_email', user, { lifetime, about });
    if (issued) await this.mail(manager, user, issued);
  }

  /** In the owner's language. To the address that was proved, not to the spelling that somebody typed just now. */
  async tellOwner(manager: EntityManager, email: string): Promise<void> {
    const found = await this.users.findByEmail(email, manager);
    const recipient = found ? recipientOf(found.user) : { to: email, locale: null };
    await this.mailer.enqueue(manager, {
      ...recipient,
      template: 'already-registered',
      params: {},
    });
  }

  /** The language of somebody who has chosen none. */
  prefer(languages: readonly string[]): string | null {
    return this.mailer.prefer(languages);
  }

  /** To be called after the commit. */
  wake(): void {
    this.mailer.wake();
  }

  /** Sends another link if there is an account that waits for one. Tells nobody, by the time it takes neither. */
  async resend(email: string): Promise<void> {
    await inTheSameTime(this.sendIfAwaited(email));
  }

  private async sendIfAwaited(email: string): Promise<void> {
    const found = await this.users.findByEmail(email);
    await this.dataSource.transaction(async (manager) => {
      const sent = found !== undefined && (await this.sendAgain(manager, found.user.id));
      if (!sent) await this.mailer.enqueueNothing(manager);
    });
    this.wake();
  }

  /** Under the lock she stays until it is written. False: she waits for none, is gone, or too many were sent. */
  private async sendAgain(manager: EntityManager, id: string): Promise<boolean> {
    const user = (await lockUser(manager, id))?.user;
    if (!user?.isActive || user.emailVerifiedAt !== null) return false;
    const lifetime = this.settings.email.verificationTtl;
    const issued = await this.codes.issue(manager, 'verify_email', user, {
      lifetime,
      counted: true,
    });
    if (issued) await this.mail(manager, user, issued);
    return issued !== undefined;
  }

  /** What it confirms is the registration, whoever asked for this mail: its time and origin, no word of its own. */
  private async mail(
    manager: EntityManager,
    user: Registered,
    { token, code, about }: IssuedCode,
  ): Promise<void> {
    const { verifyUrl, email } = this.settings;
    await this.mailer.enqueue(manager, {
      ...recipientOf(user),
      template: 'replaced' in about ? 'verify-email-again' : 'verify-email',
      params: {
        link: verifyUrl.replaceAll('{token}', token),
        denyLink: email.denyUrl.replaceAll('{token}', token),
        token,
        code: readable(code),
        expiresIn: email.verificationTtl,
        codeExpiresIn: Math.min(CODE_TTL, email.verificationTtl),
        ...circumstancesOf(about, user.createdAt),
      },
    });
  }
}
