import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Clock } from '../../common/clock.js';
import { KeyRing } from '../../config/key-ring.js';
import type { ProviderTokens } from '../providers/social-provider.js';
import { SocialTokensGone } from '../social.errors.js';

const ACCESS_TOKEN_PURPOSE = 'social-access-token';
const REFRESH_TOKEN_PURPOSE = 'social-refresh-token';
/** Seconds; a provider that promises more than ten years is not taken at its word. */
const LONGEST = 315_360_000;
/** Seconds that a token is good for, at least, that is given out. */
const FRESH = 60;
/** Seconds for which whoever refreshes is left alone: longer than it may take. */
const CLAIM_LIFE = 15;

interface Row {
  readonly social_account_id: string;
  readonly sealed_access_token: Buffer;
  readonly sealed_refresh_token: Buffer | null;
  readonly scope: string | null;
  readonly expires_at: Date | null;
}

/** What is kept, as it can be given out. */
export interface KeptToken {
  readonly id: string;
  readonly token: string;
  readonly scope: string | null;
  readonly expiresAt: Date | null;
  /** Whether it is good for a while. */
  readonly isFresh: boolean;
  readonly isRefreshable: boolean;
}

/** An attempt to refresh, which nobody else makes at the same time. */
export interface Claim {
  readonly id: string;
  readonly until: Date;
  readonly refreshToken: string;
  /** Whose it is at the provider. */
  readonly subject: string;
}

/** The refresh token of before is still the one. */
const GAVE_NO_OTHER = 'excluded.sealed_refresh_token IS NULL AND t.provider = excluded.provider';

/** Tokens of providers, sealed. The only place that queries `social_tokens` one by one. */
@Injectable()
export class TokenStore {
  constructor(
    private readonly dataSource: DataSource,
    private readonly ring: KeyRing,
    private readonly clock: Clock,
  ) {}

  /**
   * What somebody came with who arrives: it replaces what she had, but for a refresh token where she comes without one.
   * Then a refresh that is under way has the last word, and else none.
   */
  async keep(
    manager: EntityManager,
    { id, provider }: { readonly id: string; readonly provider: string },
    tokens: ProviderTokens,
  ): Promise<void> {
    // Index: social_tokens_pkey
    await manager.query(
      `INSERT INTO social_tokens AS t (social_account_id, sealed_access_token, sealed_refresh_token,
                                       scope, expires_at, updated_at, provider)
       VALUES ($1, $2, $3, $4, $5, $6, $7)
       ON CONFLICT (social_account_id) DO UPDATE
         SET (provider, sealed_access_token, scope, expires_at, updated_at)
           = (excluded.provider, excluded.sealed_access_token, excluded.scope, excluded.expires_at, excluded.updated_at),
             sealed_refresh_token = CASE WHEN ${GAVE_NO_OTHER} THEN t.sealed_refresh_token
                                         ELSE excluded.sealed_refresh_token END,
             refreshing_until = CASE WHEN ${GAVE_NO_OTHER} THEN t.refreshing_until END`,
      [id, ...this.sealed(id, tokens), provider],
    );
  }

  /** Those that she came with last, of who is active. @throws SocialTokensGone */
  async find(userId: string, provider: string): Promise<KeptToken | undefined> {
    // Index: social_accounts_user_id_id_idx, social_tokens_pkey, users_pkey
    const rows = await this.dataSource.query<Row[]>(
      `SELECT t.* FROM social_accounts a
         JOIN social_tokens t ON t.social_account_id = a.id AND t.provider = $2
         JOIN users u ON u.id = a.user_id AND u.is_active
        WHERE a.user_id = $1 ORDER BY greatest(a.last_used_at, a.created_at) DESC, a.id DESC LIMIT 1`,
      [userId, provider],
    );
    return this.told(rows);
  }

  /** @throws SocialTokensGone */
  async read(id: string): Promise<KeptToken | undefined> {
    const rows = await this.dataSource.query<Row[]>(
      'SELECT * FROM social_tokens WHERE social_account_id = $1', // social_tokens_pkey
      [id],
    );
    return this.told(rows);
  }

  /**
   * Undefined: somebody else refreshes them, has done so, or there is nothing to do it with.
   *
   * @throws SocialTokensGone
   */
  async claim(id: string, provider: string): Promise<Claim | undefined> {
    const until = this.clock.in(CLAIM_LIFE);
    // Index: social_tokens_pkey
    const [rows] = await this.dataSource.query<[{ sealed: Buffer; subject: string }[], number]>(
      `UPDATE social_tokens t SET refreshing_until = $3 FROM social_accounts a
        WHERE t.social_account_id = $1 AND a.id = t.social_account_id AND t.provider = $2
          AND t.sealed_refresh_token IS NOT NULL AND t.expires_at <= $4
          AND (t.refreshing_until IS NULL OR t.refreshing_until <= $5)
        RETURNING t.sealed_refresh_token AS sealed, a.subject`,
      [id, provider, until, this.clock.in(FRESH), this.clock.now()],
    );
    const [row] = rows;
    if (row === undefined) return undefined;
    const refreshToken = this.opened(REFRESH_TOKEN_PURPOSE, id, row.sealed);
    return { id, until, refreshToken, subject: row.subject };
  }

  /** Both at once, and the former refresh token where there is no other. False: she came back meanwhile, with others. */
  async replace({ id, until }: Claim, tokens: ProviderTokens): Promise<boolean> {
    // Index: social_tokens_pkey
    const [, count] = await this.dataSource.query<[unknown, number]>(
      `UPDATE social_tokens
          SET sealed_access_token = $2, sealed_refresh_token = coalesce($3, sealed_refresh_token),
              scope = coalesce($4, scope), expires_at = $5, updated_at = $6, refreshing_until = NULL
        WHERE social_account_id = $1 AND refreshing_until = $7`,
      [id, ...this.sealed(id, tokens), until],
    );
    return count > 0;
  }

  async release({ id, until }: Claim): Promise<void> {
    // Index: social_tokens_pkey
    await this.dataSource.query(
      `UPDATE social_tokens SET refreshing_until = NULL
        WHERE social_account_id = $1 AND refreshing_until = $2`,
      [id, until],
    );
  }

  /** They are worth nothing any more, unless she came back meanwhile. */
  async remove({ id, until }: Claim): Promise<boolean> {
    // Index: social_tokens_pkey
    const [, count] = await this.dataSource.query<[unknown, number]>(
      `DELETE FROM social_tokens
        WHERE social_account_id = $1 AND refreshing_until = $2 AND expires_at <= $3`,
      [id, until, this.clock.in(FRESH)],
    );
    return count > 0;
  }

  private told([row]: readonly Row[]): KeptToken | undefined {
    if (row === undefined) return undefined;
    const {
      social_account_id: id,
      sealed_access_token: sealed,
      scope,
      expires_at: expiresAt,
    } = row;
    const token = this.opened(ACCESS_TOKEN_PURPOSE, id, sealed);
    const isFresh = expiresAt === null || expiresAt > this.clock.in(FRESH);
    const isRefreshable = row.sealed_refresh_token !== null;
    return { id, token, scope, expiresAt, isFresh, isRefreshable };
  }

  /** What no key of SECRET_KEYS opens any more is as good as lost. @throws SocialTokensGone */
  private opened(purpose: string, id: string, sealed: Buffer): string {
    try {
      return this.ring.open(purpose, id, sealed).toString();
    } catch (cause) {
      throw new SocialTokensGone({ cause });
    }
  }

  /** Both tokens, scope, end and time, as they are written. */
  private sealed(
    id: string,
    { accessToken, refreshToken, scope, expiresIn }: ProviderTokens,
  ): unknown[] {
    return [
      this.ring.seal(ACCESS_TOKEN_PURPOSE, id, Buffer.from(accessToken)),
      refreshToken === undefined
        ? null
        : this.ring.seal(REFRESH_TOKEN_PURPOSE, id, Buffer.from(refreshToken)),
      scope ?? null,
      expiresIn === undefined ? null : this.clock.in(Math.min(expiresIn, LONGEST)),
      this.clock.now(),
    ];
  }
}
