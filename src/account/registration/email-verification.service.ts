import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { Caller } from '../../common/http/caller.js';
import { UsersService } from '../../users/users.service.js';
import { TokenInvalid } from '../account.errors.js';
import { OneTimeCodesService } from '../proof/one-time-codes.service.js';
import { OneTimeTokensService, type SpentToken } from '../proof/one-time-tokens.service.js';
import { inTheSameTime } from '../proof/same-time.js';

type Spend = (manager: EntityManager) => Promise<SpentToken | undefined>;

/** Proving that an address is one's own. */
@Injectable()
export class EmailVerificationService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly users: UsersService,
    private readonly tokens: OneTimeTokensService,
    private readonly codes: OneTimeCodesService,
  ) {}

  /** @throws TokenInvalid */
  async verify(token: string, caller: Caller): Promise<void> {
    await this.prove(caller, (manager) => this.tokens.spend(manager, 'verify_email', token));
  }

  /** The answer, and the time it takes, are the same for an address that nobody has. @throws TokenInvalid */
  async verifyByCode(email: string, code: string, caller: Caller): Promise<void> {
    await inTheSameTime(this.tryCode(email, code, caller));
  }

  private async tryCode(email: string, code: string, caller: Caller): Promise<void> {
    const found = await this.users.findByEmail(email);
    const right = found && (await this.codes.try('verify_email', found.user.id, code, caller));
    if (right === undefined) throw new TokenInvalid();
    await this.prove(caller, (manager) => this.codes.spend(manager, right));
  }

  private async prove(caller: Caller, spend: Spend): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      const spent = await spend(manager);
      if (spent === undefined) throw new TokenInvalid();
      const { userId, email } = spent;
      const proved = await this.users.markEmailVerified(manager, userId, email, caller);
      if (!proved) throw new TokenInvalid();
    });
  }
}
