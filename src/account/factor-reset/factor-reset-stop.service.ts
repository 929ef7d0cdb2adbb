import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { NotFound } from '../../common/failures.js';
import type { Caller } from '../../common/http/caller.js';
import { ResetStops } from '../../two-factor/reset-stops.service.js';
import { lockUser } from '../../users/lock-user.js';
import { TokenInvalid } from '../account.errors.js';
import { OneTimeTokensService } from '../proof/one-time-tokens.service.js';

/** The owner keeps her second factors. */
@Injectable()
export class FactorResetStop {
  constructor(
    private readonly dataSource: DataSource,
    private readonly tokens: OneTimeTokensService,
    private readonly stops: ResetStops,
  ) {}

  /** By whoever holds the mailbox. @throws TokenInvalid also where somebody was quicker, or it has happened */
  async byLink(token: string, caller: Caller): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      const spent = await this.tokens.spend(manager, 'stop_factor_reset', token);
      const user = spent && (await lockUser(manager, spent.userId))?.user;
      const stopped =
        user?.emailCanonical === spent?.email &&
        user !== undefined &&
        (await this.stops.stop(manager, user, { by: 'link', caller }));
      if (!stopped) throw new TokenInvalid();
    });
  }

  /** @throws NotFound: none waits */
  async bySession(userId: string, caller: Caller): Promise<void> {
    if (!(await this.stops.byOwner(userId, caller))) throw new NotFound();
  }
}
