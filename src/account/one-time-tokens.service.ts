import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { Clock } from '../common/clock.js';
import { OpaqueToken } from '../common/opaque-token.js';
import type { User } from '../users/user.entity.js';
import { OneTimeToken, type TokenPurpose } from './one-time-token.entity.js';

const PREFIX: Readonly<Record<TokenPurpose, string>> = {
  verify_email: 'ghv',
  reset_password: 'ghp',
  change_email: 'ghe',
  undo_email_change: 'ghu',
  undo_deletion: 'ghd',
};

/** What a spent token stood for. */
export interface SpentToken {
  readonly userId: string;
  /** Canonical. */
  readonly email: string;
}

/** The only place that queries `one_time_tokens`. */
@Injectable()
export class OneTimeTokensService {
  constructor(private readonly clock: Clock) {}

  /** Issues a token in the place of the user's earlier one. Returns its text, which is not kept. */
  async issue(
    manager: EntityManager,
    purpose: TokenPurpose,
    user: Pick<User, 'id' | 'email' | 'emailCanonical'>,
    lifetime: number,
  ): Promise<string> {
    const token = OpaqueToken.issue(PREFIX[purpose]);
    await manager
      .createQueryBuilder()
      .insert()
      .into(OneTimeToken)
      .values({
        id: token.id,
        userId: user.id,
        purpose,
        secretHash: token.hash,
        email: user.emailCanonical,
        expiresAt: this.clock.in(lifetime),
      })
      .orUpdate(['id', 'secret_hash', 'email', 'expires_at'], ['user_id', 'purpose'])
      .execute();
    return token.reveal();
  }

  /**
   * Spends a token: one statement, so that of fifty at once one wins. Undefined: there is none, or no
   * longer. The caller's change belongs into the same transaction, or the token would be lost without it.
   */
  async spend(
    manager: EntityManager,
    purpose: TokenPurpose,
    text: string,
  ): Promise<SpentToken | undefined> {
    const token = OpaqueToken.parse(PREFIX[purpose], text);
    if (token === undefined) return undefined;
    const deleted = await manager
      .createQueryBuilder()
      .delete()
      .from(OneTimeToken)
      .where('id = :id AND secret_hash = :hash', { id: token.id, hash: token.hash })
      .andWhere('purpose = :purpose AND expires_at > :now', { purpose, now: this.clock.now() })
      .returning('user_id, email')
      .execute();
    const [row] = deleted.raw as { user_id: string; email: string }[];
    return row && { userId: row.user_id, email: row.email };
  }
}
