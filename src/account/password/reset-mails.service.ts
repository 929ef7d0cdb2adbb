import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Settings } from '../../config/settings.js';
import { afterCommit } from '../../database/after-commit.js';
import { Mailer } from '../../mail/mailer.js';
import { recipientOf } from '../../mail/recipient.js';
import type { User } from '../../users/user.entity.js';
import { OneTimeTokensService } from '../proof/one-time-tokens.service.js';

/** The mails that answer somebody who has forgotten a password. */
@Injectable()
export class ResetMailsService {
  constructor(
    private readonly tokens: OneTimeTokensService,
    private readonly mailer: Mailer,
    private readonly settings: Settings,
  ) {}

  /** A link in the place of the earlier one, to the address of the account, never to the spelling that was typed (CVE-2019-19844). */
  async sendLink(manager: EntityManager, user: User): Promise<void> {
    const { url, ttl } = this.settings.passwordReset;
    const token = await this.tokens.issue(manager, 'reset_password', user, ttl);
    await this.mailer.enqueue(manager, {
      ...recipientOf(user),
      template: 'reset-password',
      params: { link: url.replaceAll('{token}', token), token, expiresIn: ttl },
    });
  }

  /**
   * The same, sent by an administrator. Whoever was never in an account that was made for her has another mail, and
   * more time.
   */
  async sendByAdministrator(manager: EntityManager, user: User): Promise<void> {
    const { url, ttl, invitationTtl } = this.settings.passwordReset;
    const isNew = user.invitedAt !== null && user.emailVerifiedAt === null;
    const expiresIn = isNew ? invitationTtl : ttl;
    const token = await this.tokens.issue(manager, 'reset_password', user, expiresIn);
    await this.mailer.enqueue(manager, {
      ...recipientOf(user),
      template: isNew ? 'invitation' : 'reset-by-administrator',
      params: { link: url.replaceAll('{token}', token), token, expiresIn },
    });
    afterCommit(manager, () => {
      this.wake();
    });
  }

  /** Whoever reads that may have registered with another address, and would wait in vain. */
  async sayThereIsNone(
    manager: EntityManager,
    to: string,
    locale: readonly string[],
  ): Promise<void> {
    await this.mailer.enqueue(manager, { to, locale, template: 'no-account', params: {} });
  }

  /** Works as much as the others do. */
  sendNothing(manager: EntityManager): Promise<void> {
    return this.mailer.enqueueNothing(manager);
  }

  wake(): void {
    this.mailer.wake();
  }
}
