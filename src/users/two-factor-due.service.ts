import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Actor } from '../access/principal.js';
import { Clock } from '../common/clock.js';
import { Settings } from '../config/settings.js';

/** From when on a second factor is demanded of a user whom the policy concerns. */
@Injectable()
export class TwoFactorDueService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  /**
   * The moment that was set when it first concerned her, or, if this is it, the end of the grace. It moves forward only,
   * where the grace was made shorter since: neither another sign-in nor another policy gives her more time.
   */
  async of({ id, twoFactorDueAt }: Pick<Actor, 'id' | 'twoFactorDueAt'>): Promise<Date> {
    const { grace } = this.settings.twoFactor;
    const latest = this.clock.in(grace);
    if (twoFactorDueAt && twoFactorDueAt <= latest) return twoFactorDueAt;
    const [[row]] = await this.dataSource.query<[{ two_factor_due_at: Date }[], number]>(
      // Index: users_pkey. LEAST passes over null.
      'UPDATE users SET two_factor_due_at = LEAST(two_factor_due_at, $2) WHERE id = $1 RETURNING two_factor_due_at',
      [id, latest],
    );
    return row?.two_factor_due_at ?? latest;
  }
}
