import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** A factor, and nothing of what proves it. */
export interface ListedFactor {
  readonly method: 'totp' | 'passkey';
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
}

/** Somebody who works here. */
export interface Unprotected {
  readonly email: string;
  readonly isSuperuser: boolean;
}

/** What others than its owner may know of somebody's second factors. */
@Injectable()
export class FactorList {
  constructor(private readonly dataSource: DataSource) {}

  /** Superusers and staff who could sign in without one, superusers first. */
  staffWithout(): Promise<Unprotected[]> {
    return this.dataSource.query<Unprotected[]>(
      // Indexes: users_staff, users_superusers, totp_factors_pkey, passkeys_user_id_idx
      `SELECT email, is_superuser AS "isSuperuser" FROM users u
        WHERE (is_staff OR is_superuser) AND is_active
          AND NOT EXISTS (SELECT FROM totp_factors f WHERE f.user_id = u.id)
          AND NOT EXISTS (SELECT FROM passkeys f WHERE f.user_id = u.id)
        ORDER BY is_superuser DESC, email`,
    );
  }

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
