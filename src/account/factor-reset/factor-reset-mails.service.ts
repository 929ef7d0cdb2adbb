import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Clock } from '../../common/clock.js';
import { Settings } from '../../config/settings.js';
import { afterCommit } from '../../database/after-commit.js';
import { Mailer } from '../../mail/mailer.js';
import { recipientOf } from '../../mail/recipient.js';
import type { User } from '../../users/user.entity.js';
import { OneTimeTokensService } from '../proof/one-time-tokens.service.js';

/** Tells an owner that her second factors will be taken away, and how to keep them. */
@Injectable()
export class FactorResetMails {
  constructor(
    private readonly tokens: OneTimeTokensService,
    private readonly mailer: Mailer,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  /** The link works until then. Neither why nor who it is: a mail carries nobody else's words. */
  async announce(manager: EntityManager, user: User, due: Date): Promise<void> {
    const { resetDelay, stopResetUrl } = this.settings.twoFactor;
    const token = await this.tokens.issue(manager, 'stop_factor_reset', user, resetDelay);
    const link = stopResetUrl.replaceAll('{token}', token);
    await this.mailer.enqueue(manager, {
      ...recipientOf(user),
      template: 'second-factor-reset-requested',
      params: { link, token, due, when: this.clock.now() },
    });
    afterCommit(manager, () => {
      this.mailer.wake();
    });
  }
}
