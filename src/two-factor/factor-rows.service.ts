import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

/** Whatever opens nothing once its owner has no factor any more. */
const ALL = [
  'totp_factors',
  'totp_enrollments',
  'passkeys',
  'passkey_challenges',
  'recovery_codes',
] as const;

/** The factors that somebody has, as a transaction sees them that holds the lock of the user. */
@Injectable()
export class FactorRows {
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
