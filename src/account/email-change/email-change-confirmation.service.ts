import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { Caller } from '../../common/http/caller.js';
import { TokenInvalid } from '../account.errors.js';
import { OneTimeCodesService } from '../proof/one-time-codes.service.js';
import { OneTimeTokensService, type SpentToken } from '../proof/one-time-tokens.service.js';
import { EmailChangeMailsService } from './email-change-mails.service.js';
import { NewEmailService } from './new-email.service.js';

/** Proving the new address, by the link that was mailed there or by its code. */
@Injectable()
export class EmailChangeConfirmationService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly tokens: OneTimeTokensService,
    private readonly codes: OneTimeCodesService,
    private readonly newEmail: NewEmailService,
    private readonly mails: EmailChangeMailsService,
  ) {}

  /** Whoever reads the mail may follow its link on any device. @throws TokenInvalid, EmailTaken */
  async confirm(token: string, caller: Caller): Promise<void> {
    await this.take(caller, (manager) => this.tokens.spend(manager, 'change_email', token));
  }

  /** The code counts only where its owner is signed in. @throws TokenInvalid, EmailTaken */
  async confirmByCode(userId: string, code: string, caller: Caller): Promise<void> {
    const right = await this.codes.try('change_email', userId, code, caller);
    if (right === undefined) throw new TokenInvalid();
    await this.take(caller, (manager) => this.codes.spend(manager, right));
  }

  private async take(
    caller: Caller,
    spend: (manager: EntityManager) => Promise<SpentToken | undefined>,
  ): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      const spent = await spend(manager);
      if (spent === undefined) throw new TokenInvalid();
      await this.newEmail.take(manager, spent, caller);
    });
    this.mails.wake();
  }
}
