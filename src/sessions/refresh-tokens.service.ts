import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { InvalidToken } from '../access/access.errors.js';
import { Clock } from '../common/clock.js';
import type { Caller } from '../common/http/caller.js';
import type { OpaqueToken } from '../common/opaque-token.js';
import { Settings } from '../config/settings.js';
import { PreparedStatement } from '../database/prepared.js';
import type { TokenSubject } from './access-tokens.service.js';
import { LastSeenService } from './last-seen.service.js';
import { RefreshToken } from './refresh-token.js';
import { UsedRefreshTokensService } from './used-refresh-tokens.service.js';

const SALT_BYTES = 32;

interface RotatedRow {
  readonly id: string;
  readonly user_id: string;
  readonly methods: string[];
  readonly authenticated_at: Date;
  readonly two_factor_at: Date | null;
  readonly enroll_by: Date | null;
  readonly expires_at: Date;
  readonly refresh_salt: Buffer;
}

/**
 * Decides in one statement, on one row, which of all that come at once is first: it sets the successor;
 * whoever shows the same token within the grace finds that successor, and everyone else finds nothing.
 */
// Indexes: sessions_pkey, users_pkey
const rotate = new PreparedStatement<RotatedRow>(
  'sessions.refresh',
  `UPDATE sessions s SET
     refresh_hash = CASE WHEN s.refresh_hash = $2 THEN $3 ELSE s.refresh_hash END,
     refresh_previous_hash = $2,
     refresh_salt = CASE WHEN s.refresh_hash = $2 THEN $4 ELSE s.refresh_salt END,
     refreshed_at = CASE WHEN s.refresh_hash = $2 THEN $5::timestamptz ELSE s.refreshed_at END,
     last_seen_at = GREATEST(s.last_seen_at, $5::timestamptz)
   FROM users u
   WHERE s.id = $1 AND u.id = s.user_id AND u.is_active AND s.expires_at > $5::timestamptz
     AND ($6::timestamptz IS NULL OR s.last_seen_at >= $6::timestamptz)
     AND (s.refresh_hash = $2 OR (s.refresh_previous_hash = $2 AND s.refreshed_at > $7::timestamptz))
   RETURNING s.id, s.user_id, s.methods, s.authenticated_at, s.two_factor_at, s.enroll_by, s.expires_at, s.refresh_salt`,
);

export interface Rotation {
  readonly session: TokenSubject;
  /** The successor. */
  readonly secret: OpaqueToken;
}

/** One-time refresh tokens that rotate inside of their session (RFC 9700, 4.14.2). */
@Injectable()
export class RefreshTokensService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly lastSeen: LastSeenService,
    private readonly used: UsedRefreshTokensService,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  /**
   * The token's successor: the same for all who show it within `REFRESH_GRACE` seconds (a lost answer, two
   * tabs). Later the session ends, since one of the two who hold it is a thief.
   *
   * @throws InvalidToken, SessionExpired, RefreshTokenReused
   */
  async rotate(prefix: string, text: string, caller: Caller): Promise<Rotation> {
    const token = RefreshToken.parse(prefix, text);
    if (token === undefined) throw new InvalidToken();
    const { opaque } = token;
    const salt = randomBytes(SALT_BYTES);
    const now = this.clock.now();
    const [row] = await rotate.run(this.dataSource.manager, [
      opaque.id,
      opaque.hash,
      opaque.successor(salt).hash,
      salt,
      now,
      this.idleSince(opaque.id),
      new Date(now.getTime() - this.settings.refreshGrace * 1000),
    ]);
    if (row === undefined) return this.used.refuse(token, caller);
    const session = {
      id: row.id,
      userId: row.user_id,
      methods: row.methods,
      authenticatedAt: row.authenticated_at,
      twoFactorAt: row.two_factor_at,
      enrollBy: row.enroll_by,
      expiresAt: row.expires_at,
    };
    return { session, secret: opaque.successor(row.refresh_salt) };
  }

  /** A session last used before this is over; null: none is for that. */
  private idleSince(id: string): Date | null {
    const earliest = this.lastSeen.earliest();
    if (earliest === undefined || (this.lastSeen.of(id) ?? 0) >= earliest.getTime()) return null;
    return earliest;
  }
}
