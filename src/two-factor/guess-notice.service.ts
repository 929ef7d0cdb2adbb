import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../common/clock.js';
import type { Caller } from '../common/http/caller.js';
import { circumstances } from '../mail/circumstances.js';
import { Mailer } from '../mail/mailer.js';
import { recipientOf } from '../mail/recipient.js';
import { AccountLimits } from '../rate-limits/account-limits.service.js';
import { UsersService } from '../users/users.service.js';

const ONE_A_DAY = { name: 'second-factor-guessed', limit: 1, window: 86_400 } as const;

/** Tells the owner of an account that somebody guesses at her second factor: whoever does has her password (ASVS 6.3.5). */
@Injectable()
export class GuessNotice {
  constructor(
    private readonly dataSource: DataSource,
    private readonly users: UsersService,
    private readonly limits: AccountLimits,
    private readonly mailer: Mailer,
    private readonly clock: Clock,
  ) {}

  async tell(userId: string, caller: Caller): Promise<void> {
    if (!(await this.limits.count(ONE_A_DAY, userId))) return;
    const user = await this.users.findById(userId);
    if (user === undefined) return;
    await this.mailer.enqueue(this.dataSource.manager, {
      ...recipientOf(user),
      template: 'second-factor-guessed',
      params: circumstances(caller, this.clock.now()),
    });
    this.mailer.wake();
  }
}
