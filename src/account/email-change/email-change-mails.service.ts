import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Clock } from '../../common/clock.js';
import type { Caller } from '../../common/http/caller.js';
import { Settings } from '../../config/settings.js';
import { circumstances } from '../../mail/circumstances.js';
import { Mailer } from '../../mail/mailer.js';
import { recipientOf } from '../../mail/recipient.js';
import { canonicalEmail } from '../../users/canonical-email.js';
import type { User } from '../../users/user.entity.js';
import { circumstancesOf, occasionOf } from '../proof/occasion.js';
import { readable } from '../proof/one-time-code.js';
import { CODE_TTL, OneTimeCodesService } from '../proof/one-time-codes.service.js';
import type { About } from '../proof/one-time-token.entity.js';
import { OneTimeTokensService } from '../proof/one-time-tokens.service.js';

/** What is mailed when somebody changes her address, in the caller's transaction. */
@Injectable()
export class EmailChangeMailsService {
  constructor(
    private readonly tokens: OneTimeTokensService,
    private readonly codes: OneTimeCodesService,
    private readonly mailer: Mailer,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  /** To the new address, or to whoever holds it. False: too many were asked for. */
  async ask(
    manager: EntityManager,
    user: User,
    wanted: About,
    caller: Caller,
    holder: User | undefined,
  ): Promise<boolean> {
    const { email = '' } = wanted;
    const about = { ...occasionOf(caller, this.clock.now()), ...wanted };
    const { changeTtl: lifetime, changeUrl } = this.settings.email;
    const whose = { id: user.id, emailCanonical: canonicalEmail(email) ?? '' };
    const options = { lifetime, about, counted: true };
    const issued = await this.codes.issue(manager, 'change_email', whose, options);
    if (issued === undefined) return false;
    const { token, code } = issued;
    await this.mailer.enqueue(
      manager,
      holder
        ? { ...recipientOf(holder), template: 'email-taken', params: {} }
        : {
            ...recipientOf(user),
            to: email,
            template: 'change-email',
            params: {
              link: changeUrl.replaceAll('{token}', token),
              token,
              code: readable(code),
              expiresIn: lifetime,
              codeExpiresIn: Math.min(CODE_TTL, lifetime),
            },
          },
    );
    return true;
  }

  /** To the address that was: until when the change can be taken back, and from where it was asked for. */
  async tellFormer(manager: EntityManager, former: User, about: About): Promise<void> {
    const { undoTtl: lifetime, undoUrl } = this.settings.email;
    const token = await this.tokens.issue(manager, 'undo_email_change', former, lifetime);
    const now = this.clock.now();
    await this.mailer.enqueue(manager, {
      ...recipientOf(former),
      template: 'email-changed',
      params: {
        link: undoUrl.replaceAll('{token}', token),
        token,
        expiresIn: lifetime,
        ...circumstancesOf(about, now),
        when: now,
      },
    });
  }

  /** To the address that was given back. */
  async tellRestored(
    manager: EntityManager,
    user: Pick<User, 'email' | 'locale' | 'timezone'>,
    to: string,
    caller: Caller,
  ): Promise<void> {
    await this.mailer.enqueue(manager, {
      ...recipientOf(user),
      to,
      template: 'email-change-undone',
      params: circumstances(caller, this.clock.now()),
    });
  }

  /** To be called after the commit. */
  wake(): void {
    this.mailer.wake();
  }
}
