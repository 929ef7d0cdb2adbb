import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { User } from './user.entity.js';

/** From when on a second factor is demanded of a user whom the policy concerns. */
@Injectable()
export class TwoFactorDueService {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * The moment that was set when it first concerned her, or this one. It moves forward only, where the grace was made
   * shorter since: neither another sign-in nor another policy gives her more time.
   */
  async atLatest({ id, twoFactorDueAt }: User, at: Date): Promise<Date> {
    if (twoFactorDueAt !== null && twoFactorDueAt <= at) return twoFactorDueAt;
    const [[row]] = await this.dataSource.query<[{ two_factor_due_at: Date }[], number]>(
      // Index: users_pkey. LEAST passes over null.
      'UPDATE users SET two_factor_due_at = LEAST(two_factor_due_at, $2) WHERE id = $1 RETURNING two_factor_due_at',
      [id, at],
    );
    return row?.two_factor_due_at ?? at;
  }
}
