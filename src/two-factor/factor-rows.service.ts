import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

/** Whatever opens nothing once its owner has no factor any more. */
const ALL = [
  'totp_factors',
  'totp_enrollments',
  'passkeys',
  'passkey_challenges',
  'recovery_codes',
] as const;

// Indexes: totp_factors_pkey, passkeys_user_id_idx, recovery_codes_user_id_code_hash_key
const SUMMARY = `
  SELECT t.created_at, t.last_used_at,
         (SELECT count(*)::int FROM passkeys WHERE user_id = $1) AS passkeys,
         (SELECT count(*)::int FROM recovery_codes WHERE user_id = $1 AND used_at IS NULL) AS codes
    FROM (SELECT) AS her LEFT JOIN totp_factors t ON t.user_id = $1`;

interface Row {
  readonly created_at: Date | null;
  readonly last_used_at: Date | null;
  readonly passkeys: number;
  readonly codes: number;
}

export interface FactorSummary {
  readonly totp: { readonly createdAt: Date; readonly lastUsedAt: Date | null } | null;
  readonly passkeys: number;
  readonly recoveryCodesLeft: number;
}

/** The factors that somebody has, whatever their kind, as a transaction sees them that holds the lock of the user. */
@Injectable()
export class FactorRows {
  constructor(private readonly dataSource: DataSource) {}

  /** Whether she has one that can be asked for. Recovery codes alone are none. */
  async hasAny(manager: EntityManager, userId: string): Promise<boolean> {
    const [row] = await manager.query<{ any: boolean }[]>(
      // Indexes: totp_factors_pkey, passkeys_user_id_idx
      `SELECT EXISTS (SELECT FROM totp_factors WHERE user_id = $1)
           OR EXISTS (SELECT FROM passkeys WHERE user_id = $1) AS any`,
      [userId],
    );
    return row?.any ?? false;
  }

  /** What she has, in one look. */
  async summaryOf(userId: string): Promise<FactorSummary> {
    const [row] = await this.dataSource.query<Row[]>(SUMMARY, [userId]);
    if (row === undefined) return { totp: null, passkeys: 0, recoveryCodesLeft: 0 };
    const { created_at: createdAt, last_used_at: lastUsedAt, passkeys, codes } = row;
    const totp = createdAt === null ? null : { createdAt, lastUsedAt };
    return { totp, passkeys, recoveryCodesLeft: codes };
  }

  /**
   * Those that were added later than that, what is being set up, and the recovery codes that were made since, or that
   * would be all that is left. Returns how many factors there were.
   */
  async removeAddedSince(manager: EntityManager, userId: string, since: Date): Promise<number> {
    let removed = 0;
    for (const table of ['totp_factors', 'passkeys']) {
      removed += await deleted(manager, `${table} WHERE user_id = $1 AND created_at > $2`, [
        userId,
        since,
      ]);
    }
    for (const table of ['totp_enrollments', 'passkey_challenges']) {
      await deleted(manager, `${table} WHERE user_id = $1`, [userId]);
    }
    const left = await this.hasAny(manager, userId);
    await deleted(manager, 'recovery_codes WHERE user_id = $1 AND (created_at > $2 OR NOT $3)', [
      userId,
      since,
      left,
    ]);
    return removed;
  }

  /** All of them, what is being set up, and the recovery codes. Returns whether there was anything to prove with. */
  async removeAll(manager: EntityManager, userId: string): Promise<boolean> {
    const had = await this.hasAny(manager, userId);
    // Indexes: totp_factors_pkey, totp_enrollments_pkey, passkeys_user_id_idx, passkey_challenges_user_id_idx,
    // recovery_codes_user_id_code_hash_key
    for (const table of ALL) {
      await manager.query(`DELETE FROM ${table} WHERE user_id = $1`, [userId]);
    }
    return had;
  }
}

/** Indexes: see `removeAll`. */
async function deleted(
  manager: EntityManager,
  what: string,
  values: readonly unknown[],
): Promise<number> {
  const [, count] = await manager.query<[unknown, number]>(`DELETE FROM ${what}`, [...values]);
  return count;
}
