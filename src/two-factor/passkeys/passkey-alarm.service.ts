import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../../common/clock.js';
import type { Caller } from '../../common/http/caller.js';
import { circumstances } from '../../mail/circumstances.js';
import { Mailer } from '../../mail/mailer.js';
import { recipientOf } from '../../mail/recipient.js';
import { AccountLimits } from '../../rate-limits/account-limits.service.js';
import { UsersService } from '../../users/users.service.js';
import type { Passkey } from './passkey.entity.js';

const ONE_A_DAY = { name: 'passkey-copied', limit: 1, window: 86_400 } as const;

/** Tells the owner of a passkey that it counts less than it did before: there may be a copy of it. */
@Injectable()
export class PasskeyAlarm {
  constructor(
    private readonly dataSource: DataSource,
    private readonly users: UsersService,
    private readonly limits: AccountLimits,
    private readonly mailer: Mailer,
    private readonly clock: Clock,
  ) {}

  async tell({ userId }: Passkey, caller: Caller): Promise<void> {
    if (!(await this.limits.count(ONE_A_DAY, userId))) return;
    const user = await this.users.findById(userId);
    if (user === undefined) return;
    await this.mailer.enqueue(this.dataSource.manager, {
      ...recipientOf(user),
      template: 'passkey-copied',
      params: circumstances(caller, this.clock.now()),
    });
    this.mailer.wake();
  }
}
