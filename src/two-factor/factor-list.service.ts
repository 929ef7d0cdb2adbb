import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** A factor, and nothing of what proves it. */
export interface ListedFactor {
  readonly method: 'totp' | 'passkey';
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
}

/** What others than its owner may know of somebody's second factors. */
@Injectable()
export class FactorList {
  constructor(private readonly dataSource: DataSource) {}

  /** Oldest first. */
  of(userId: string): Promise<ListedFactor[]> {
    return this.dataSource.query<ListedFactor[]>(
      // Indexes: totp_factors_pkey, passkeys_user_id_idx
      `SELECT 'totp' AS method, created_at AS "createdAt", last_used_at AS "lastUsedAt"
         FROM totp_factors WHERE user_id = $1
        UNION ALL
       SELECT 'passkey', created_at, last_used_at FROM passkeys WHERE user_id = $1
        ORDER BY 2`,
      [userId],
    );
  }
}
