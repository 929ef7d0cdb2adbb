import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AuditService } from '../../audit/audit.service.js';
import { Clock } from '../../common/clock.js';
import type { Caller } from '../../common/http/caller.js';
import { OpaqueToken } from '../../common/opaque-token.js';
import { KeyRing } from '../../config/key-ring.js';
import { AccountLimits } from '../../rate-limits/account-limits.service.js';
import type { User } from '../../users/user.entity.js';
import { newCode } from './one-time-code.js';
import type { About, TokenPurpose } from './one-time-token.entity.js';
import { SPENT_COLUMNS, type SpentToken, TOKEN_PREFIX } from './one-time-tokens.service.js';

/** Seconds that a code works: it can be guessed, so sooner over than the link. */
export const CODE_TTL = 900;
const TRIES_PER_CODE = 5;
/** However many mails were asked for. */
const TRIES_PER_DAY = 20;
const DAY = 86_400;
/** The same, whatever took the row that counts them: a new password or address, or the code itself. */
const GUESSES = { name: 'code-guesses', limit: TRIES_PER_DAY, window: DAY } as const;
const PER_HOUR = 5;
const HOUR = 3600;

/** What a code that fails would have done, for the log book. */
const TRIED_FOR = { verify_email: 'email_verified', change_email: 'email_changed' } as const;

const MAC_PURPOSE = 'one-time-code';

export interface IssuedCode {
  /** Of the link. */
  readonly token: string;
  readonly code: string;
  readonly about: About;
}

export interface CodeOptions {
  /** Seconds that the link works. */
  readonly lifetime: number;
  /** Absent: about the same as before. */
  readonly about?: About;
  /** No more often than `PER_HOUR`. */
  readonly counted?: boolean;
}

/** A code that was right, and is not spent yet. */
export interface RightCode {
  readonly id: string;
  readonly mac: Buffer;
}

// Index: one_time_tokens_one_each
const ISSUE = `
  INSERT INTO one_time_tokens AS t (id, user_id, purpose, secret_hash, email, expires_at, about,
         code_mac, code_expires_at, tries_since, resent, resent_since)
  VALUES ($1, $2, $3, $4, $5, $6, coalesce($7::jsonb, '{}'), $8, $9, $10, $11, $10)
  ON CONFLICT (user_id, purpose) WHERE purpose <> 'undo_email_change' DO UPDATE SET
         id = $1, secret_hash = $4, email = $5, expires_at = $6, about = coalesce($7::jsonb, t.about),
         code_mac = $8, code_expires_at = $9, code_tries = 0,
         earlier_tries = CASE WHEN t.tries_since > $12 THEN t.earlier_tries + t.code_tries ELSE 0 END,
         tries_since = CASE WHEN t.tries_since > $12 THEN t.tries_since ELSE $10 END,
         resent = CASE WHEN t.resent_since > $13 THEN t.resent ELSE 0 END + $11,
         resent_since = CASE WHEN t.resent_since > $13 THEN t.resent_since ELSE $10 END
   WHERE $11 = 0 OR t.resent < ${String(PER_HOUR)} OR t.resent_since <= $13
  RETURNING about`;

// Index: one_time_tokens_one_each
const TRY = `
  WITH tried AS (
    UPDATE one_time_tokens SET code_tries = code_tries + 1
     WHERE user_id = $1 AND purpose = $2 AND purpose <> 'undo_email_change'
       AND code_expires_at > $3 AND expires_at > $3 AND code_tries < ${String(TRIES_PER_CODE)}
       AND code_tries + earlier_tries < ${String(TRIES_PER_DAY)}
    RETURNING id, code_mac AS mac)
  SELECT * FROM tried`;

// Indexes: one_time_tokens_pkey, users_pkey
const SPEND = `
  WITH owner AS (
    SELECT u.id FROM users u JOIN one_time_tokens t ON t.user_id = u.id WHERE t.id = $1
       FOR NO KEY UPDATE OF u),
  spent AS (
    DELETE FROM one_time_tokens t USING owner
     WHERE t.user_id = owner.id AND t.id = $1 AND t.code_mac = $2
    RETURNING ${SPENT_COLUMNS})
  SELECT * FROM spent`;

/** Codes that are mailed beside a link, for those who read the mail on another device. */
@Injectable()
export class OneTimeCodesService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly keyRing: KeyRing,
    private readonly audit: AuditService,
    private readonly clock: Clock,
    private readonly limits: AccountLimits,
  ) {}

  /**
   * Issues a link and a code in the place of the user's earlier ones. Undefined: mailed again too often. The
   * guesses of a day are counted over all codes, so that whoever asks for another mail has no more of them.
   */
  async issue(
    manager: EntityManager,
    purpose: TokenPurpose,
    user: Pick<User, 'id' | 'emailCanonical'>,
    { lifetime, about, counted = false }: CodeOptions,
  ): Promise<IssuedCode | undefined> {
    const token = OpaqueToken.issue(TOKEN_PREFIX[purpose]);
    const code = newCode();
    const [row] = await manager.query<{ about: About }[]>(ISSUE, [
      token.id,
      user.id,
      purpose,
      token.hash,
      user.emailCanonical,
      this.clock.in(lifetime),
      about === undefined ? null : JSON.stringify(about),
      this.keyRing.mac(MAC_PURPOSE, text(token.id, code)),
      this.clock.in(Math.min(lifetime, CODE_TTL)),
      this.clock.now(),
      counted ? 1 : 0,
      this.clock.in(-DAY),
      this.clock.in(-HOUR),
    ]);
    return row && { token: token.reveal(), code, about: row.about };
  }

  /**
   * Tries a code. The try is taken from what is left before anything is compared, by one statement that stays
   * whatever follows: fifty guesses at once are five. Undefined: wrong, too late, too often, or there is none.
   */
  async try(
    purpose: keyof typeof TRIED_FOR,
    userId: string,
    code: string,
    caller: Caller,
  ): Promise<RightCode | undefined> {
    const values = [userId, purpose, this.clock.now()];
    const [row] = await this.dataSource.query<RightCode[]>(TRY, values);
    const counted = row && (await this.limits.count(GUESSES, `${purpose} ${userId}`));
    if (counted && this.keyRing.isMac(MAC_PURPOSE, text(row.id, code), row.mac)) return row;
    this.audit.note({
      action: TRIED_FOR[purpose],
      outcome: 'failure',
      subjectId: userId,
      caller,
      details: { reason: counted ? 'wrong_code' : 'no_code_left' },
    });
    return undefined;
  }

  /** Spends it, and its link, as `OneTimeTokensService.spend` does. */
  async spend(manager: EntityManager, { id, mac }: RightCode): Promise<SpentToken | undefined> {
    const [row] = await manager.query<SpentToken[]>(SPEND, [id, mac]);
    return row;
  }
}

/** The code of this very mail: it opens nothing else. */
const text = (id: string, code: string): string => `${id}:${code}`;
