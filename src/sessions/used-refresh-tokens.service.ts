import { Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { InvalidToken, SessionExpired } from '../access/access.errors.js';
import { Clock } from '../common/clock.js';
import type { Caller } from '../common/http/caller.js';
import { KeyRing } from '../config/key-ring.js';
import { Mailer } from '../mail/mailer.js';
import { recipientOf } from '../mail/recipient.js';
import { RefreshToken } from './refresh-token.js';
import { REFRESH_COOKIE_PREFIX, REFRESH_PREFIX } from './session-row.js';
import { RefreshTokenReused } from './sessions.errors.js';
import { SessionsService, type Whose } from './sessions.service.js';

interface StoredRow {
  readonly user_id: string;
  /** Null: a cookie carries the session. */
  readonly refresh_hash: Buffer | null;
  readonly refresh_previous_hash: Buffer | null;
  readonly over: boolean;
  readonly email: string;
  readonly locale: string | null;
  readonly emailVerifiedAt: Date | null;
  readonly is_active: boolean;
}

/** What a refresh token that is good for nothing more still tells: whose it was, and that it was stolen. */
@Injectable()
export class UsedRefreshTokensService {
  readonly #logger = new Logger('Sessions');

  constructor(
    private readonly dataSource: DataSource,
    private readonly sessions: SessionsService,
    private readonly mailer: Mailer,
    private readonly ring: KeyRing,
    private readonly clock: Clock,
  ) {}

  /** Whose session a token is of, whichever way it travels; used ones count, made-up ones do not. */
  async sessionOf(text: string): Promise<{ userId: string; sessionId: string } | undefined> {
    const token =
      RefreshToken.parse(REFRESH_PREFIX, text) ?? RefreshToken.parse(REFRESH_COOKIE_PREFIX, text);
    if (token === undefined) return undefined;
    const { id: sessionId, hash } = token.opaque;
    const [row] = await this.dataSource.query<{ user_id: string; refresh_hash: Buffer | null }[]>(
      'SELECT user_id, refresh_hash FROM sessions WHERE id = $1', // sessions_pkey
      [sessionId],
    );
    const proves = row?.refresh_hash?.equals(hash) === true || token.isGenuine(this.ring);
    return row && proves ? { userId: row.user_id, sessionId } : undefined;
  }

  /** @throws InvalidToken, SessionExpired, RefreshTokenReused: why a token has no successor */
  async refuse(token: RefreshToken, caller: Caller): Promise<never> {
    const { id, hash } = token.opaque;
    const [row] = await this.dataSource.query<StoredRow[]>(
      // Indexes: sessions_pkey, users_pkey
      `SELECT s.user_id, s.refresh_hash, s.refresh_previous_hash, s.expires_at <= $2 AS over,
              u.email, u.locale, u.email_verified_at AS "emailVerifiedAt", u.is_active
         FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.id = $1`,
      [id, this.clock.now()],
    );
    if (row?.is_active !== true) throw new InvalidToken();
    const isNext = row.refresh_hash?.equals(hash) === true;
    if (!isNext && !this.wasUsed(token, row)) throw new InvalidToken();
    if (row.over || isNext) throw new SessionExpired(); // the next one: idle for too long
    await this.endStolen(row, { userId: row.user_id, sessionId: id, caller });
    throw new RefreshTokenReused();
  }

  private wasUsed(token: RefreshToken, { refresh_previous_hash: previous }: StoredRow): boolean {
    return previous?.equals(token.opaque.hash) === true || token.isGenuine(this.ring);
  }

  /** Whoever comes second to see it finds the session gone, and writes neither mail nor log line. */
  private async endStolen(owner: StoredRow, whose: Whose): Promise<void> {
    const first = await this.dataSource.transaction(async (manager) => {
      if ((await this.sessions.endFor('refresh_token_reused', whose, manager)) === 0) return false;
      await this.mailer.enqueue(manager, {
        ...recipientOf(owner),
        template: 'session-stolen',
        params: {},
      });
      return true;
    });
    if (!first) return;
    this.mailer.wake();
    this.#logger.warn(`audit refresh_token_reused session=${whose.sessionId} user=${whose.userId}`);
  }
}
