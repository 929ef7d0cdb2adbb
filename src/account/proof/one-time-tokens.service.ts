import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Clock } from '../../common/clock.js';
import { OpaqueToken } from '../../common/opaque-token.js';
import type { User } from '../../users/user.entity.js';
import { type About, OneTimeToken, type TokenPurpose } from './one-time-token.entity.js';

export const TOKEN_PREFIX: Readonly<Record<TokenPurpose, string>> = {
  verify_email: 'ghv',
  reset_password: 'ghp',
  change_email: 'ghe',
  undo_email_change: 'ghu',
  undo_deletion: 'ghd',
  stop_factor_reset: 'ghf',
};

/** What a spent token stood for. */
export interface SpentToken {
  readonly id: string;
  readonly userId: string;
  /** Canonical. */
  readonly email: string;
  readonly about: About;
}

/** Columns of a spent token, as `SpentToken` names them. */
export const SPENT_COLUMNS = 't.id, t.user_id AS "userId", t.email, t.about';

// Indexes: one_time_tokens_pkey, users_pkey
const LIVES = 't.id = $1 AND t.secret_hash = $2 AND t.purpose = $3 AND t.expires_at > $4';
const FOUND = `SELECT ${SPENT_COLUMNS} FROM one_time_tokens t WHERE ${LIVES}`;
const SPENT = `
  WITH owner AS (
    SELECT u.id FROM users u JOIN one_time_tokens t ON t.user_id = u.id WHERE ${LIVES}
       FOR NO KEY UPDATE OF u),
  spent AS (
    DELETE FROM one_time_tokens t USING owner WHERE t.user_id = owner.id AND ${LIVES}
    RETURNING ${SPENT_COLUMNS})
  SELECT * FROM spent`;

/** Links that are mailed and work once. With `OneTimeCodesService` the only place that queries `one_time_tokens`. */
@Injectable()
export class OneTimeTokensService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /** Issues a token in the place of the user's earlier one. Returns its text, which is not kept. */
  async issue(
    manager: EntityManager,
    purpose: TokenPurpose,
    user: Pick<User, 'id' | 'email' | 'emailCanonical' | 'credentialsChangedAt'>,
    lifetime: number,
  ): Promise<string> {
    const token = OpaqueToken.issue(TOKEN_PREFIX[purpose]);
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
        about: {
          email: user.email,
          since: user.credentialsChangedAt.toISOString(),
          issuedAt: this.clock.now().toISOString(),
        },
        expiresAt: this.clock.in(lifetime),
      })
      .orUpdate(
        ['id', 'secret_hash', 'email', 'about', 'expires_at'],
        ['user_id', 'purpose'], // one_time_tokens_one_each
        { indexPredicate: `purpose <> 'undo_email_change'` },
      )
      .execute();
    return token.reveal();
  }

  /** What a token stands for while it works; looking spends nothing. Undefined: there is none, or no longer. */
  async peek(purpose: TokenPurpose, text: string): Promise<SpentToken | undefined> {
    return this.ask(this.dataSource.manager, purpose, text, FOUND);
  }

  /**
   * Spends a token: one statement, so that of fifty at once one wins. Undefined: there is none, or no
   * longer. The caller's change belongs into the same transaction, or the token would be lost without it.
   * The owner's row is locked first, as in every change of a user, so that none waits for another in a ring.
   */
  async spend(
    manager: EntityManager,
    purpose: TokenPurpose,
    text: string,
  ): Promise<SpentToken | undefined> {
    return this.ask(manager, purpose, text, SPENT);
  }

  /** Takes back what was mailed to the user for these purposes. */
  async withdraw(
    manager: EntityManager,
    userId: string,
    purposes: readonly TokenPurpose[],
  ): Promise<void> {
    await manager
      .createQueryBuilder()
      .delete()
      .from(OneTimeToken)
      .where('user_id = :userId AND purpose IN (:...purposes)', { userId, purposes })
      .execute(); // one_time_tokens_user_id_idx
  }

  /** What the user was mailed and can still use. Undefined: nothing. */
  async pending(
    userId: string,
    purpose: TokenPurpose,
  ): Promise<Pick<OneTimeToken, 'about' | 'expiresAt'> | undefined> {
    const found = await this.dataSource
      .getRepository(OneTimeToken)
      .createQueryBuilder('token')
      .select(['token.id', 'token.about', 'token.expiresAt'])
      .where('token.userId = :userId AND token.purpose = :purpose', { userId, purpose })
      .andWhere('token.expiresAt > :now', { now: this.clock.now() })
      .getOne(); // one_time_tokens_user_id_idx
    return found ?? undefined;
  }

  /** Ends it now. Its row stays: what was tried and how often it was mailed goes on counting. False: it was over. */
  async expire(manager: EntityManager, userId: string, purpose: TokenPurpose): Promise<boolean> {
    const now = this.clock.now();
    const { affected } = await manager
      .createQueryBuilder()
      .update(OneTimeToken)
      .set({ expiresAt: now })
      .where('user_id = :userId AND purpose = :purpose', { userId, purpose })
      .andWhere('expires_at > :now', { now })
      .execute(); // one_time_tokens_user_id_idx
    return affected === 1;
  }

  /**
   * Takes back the links that undo this change and the ones after it: the earliest has the last word. Which was
   * earlier is told by the credentials that it found, which change forward only; nodes have clocks of their own.
   */
  async withdrawUndosFrom(manager: EntityManager, { userId, about }: SpentToken): Promise<void> {
    await manager
      .createQueryBuilder()
      .delete()
      .from(OneTimeToken)
      .where('user_id = :userId AND purpose = :purpose', { userId, purpose: 'undo_email_change' })
      .andWhere(`about->>'since' >= :since`, { since: about['since'] ?? '' })
      .execute(); // one_time_tokens_user_id_idx
  }

  private async ask(
    manager: EntityManager,
    purpose: TokenPurpose,
    text: string,
    statement: string,
  ): Promise<SpentToken | undefined> {
    const token = OpaqueToken.parse(TOKEN_PREFIX[purpose], text);
    if (token === undefined) return undefined;
    const values = [token.id, token.hash, purpose, this.clock.now()];
    const [row] = await manager.query<SpentToken[]>(statement, values);
    return row;
  }
}
