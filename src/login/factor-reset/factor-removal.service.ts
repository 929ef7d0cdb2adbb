import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { SessionsService } from '../../sessions/sessions.service.js';
import { FactorRows } from '../../two-factor/factor-rows.service.js';
import { UserCredentialsService } from '../../users/user-credentials.service.js';

export interface RemovedFactors {
  /** Since when her credentials are these. */
  readonly since: Date;
  readonly sessionsEnded: number;
}

/** What is left of somebody's credentials when others take her second factors away: the password. */
@Injectable()
export class FactorRemoval {
  constructor(
    private readonly factors: FactorRows,
    private readonly credentials: UserCredentialsService,
    private readonly sessions: SessionsService,
  ) {}

  /**
   * All factors, recovery codes and what is being set up are gone, every session ends, and so does what was proved by
   * halves. The caller holds the lock of the user.
   */
  async remove(manager: EntityManager, userId: string): Promise<RemovedFactors> {
    await this.factors.removeAll(manager, userId);
    const since = await this.credentials.noteNewCredentials(manager, userId);
    const sessionsEnded = await this.sessions.endFor('ended_by_administrator', { userId }, manager);
    return { since, sessionsEnded };
  }
}
