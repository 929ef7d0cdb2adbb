import { createHash, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../../common/clock.js';
import { OpaqueToken } from '../../common/opaque-token.js';
import type { User } from '../../users/user.entity.js';
import { UsersService } from '../../users/users.service.js';
import { SocialCode } from './social-code.entity.js';

const PREFIX = 'ghx';
/** Seconds from the end of the way to the exchange. */
const CODE_TTL = 60;

interface Row {
  readonly user_id: string;
  readonly code_challenge: string;
  readonly credentials_changed_at: Date;
}

/** Seconds: longer than any ID token is taken (see `OidcProvider`). */
const ID_TOKEN_KEPT = 900;

/**
 * What clients that take tokens show once: the code at the end of the way, or an ID token that an app got by itself. The
 * only place that queries `social_codes` and `social_used_id_tokens`.
 */
@Injectable()
export class CodesService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly users: UsersService,
    private readonly clock: Clock,
  ) {}

  async issue(
    { id, credentialsChangedAt }: Pick<User, 'id' | 'credentialsChangedAt'>,
    codeChallenge: string,
  ): Promise<string> {
    const code = OpaqueToken.issue(PREFIX);
    await this.dataSource.manager.insert(SocialCode, {
      id: code.id,
      secretHash: code.hash,
      userId: id,
      codeChallenge,
      credentialsChangedAt,
      expiresAt: this.clock.in(CODE_TTL),
    });
    return code.reveal();
  }

  /** Whose it is, once, whoever shows it: a wrong verifier ends it, too (RFC 7636, 4.6). Undefined: nobody's. */
  async spend(text: string, codeVerifier: string): Promise<User | undefined> {
    const code = OpaqueToken.parse(PREFIX, text);
    if (code === undefined) return undefined;
    // Index: social_codes_pkey
    const [rows] = await this.dataSource.query<[Row[], number]>(
      `DELETE FROM social_codes WHERE id = $1 AND secret_hash = $2 AND expires_at > $3
        RETURNING user_id, code_challenge, credentials_changed_at`,
      [code.id, code.hash, this.clock.now()],
    );
    const [row] = rows;
    if (row === undefined || !isVerifierOf(codeVerifier, row.code_challenge)) return undefined;
    const user = await this.users.findById(row.user_id);
    const proved = row.credentials_changed_at.getTime();
    return user?.credentialsChangedAt.getTime() === proved ? user : undefined;
  }

  /**
   * False: it was handed in before, here or at another node. Known again by what is signed, which nobody can spell in
   * another way: signatures can be (of elliptic curves anew, and their last character has bits that mean nothing).
   */
  async spendIdToken(idToken: string): Promise<boolean> {
    const signed = idToken.slice(0, idToken.lastIndexOf('.'));
    const hash = createHash('sha256').update(signed).digest();
    // Index: social_used_id_tokens_pkey decides, whoever comes at the same time.
    const rows = await this.dataSource.query<unknown[]>(
      `INSERT INTO social_used_id_tokens (hash, expires_at) VALUES ($1, $2)
         ON CONFLICT DO NOTHING RETURNING true AS spent`,
      [hash, this.clock.in(ID_TOKEN_KEPT)],
    );
    return rows.length > 0;
  }
}

/** RFC 7636, 4.6: S256. */
function isVerifierOf(verifier: string, challenge: string): boolean {
  const shown = createHash('sha256').update(verifier).digest();
  const kept = Buffer.from(challenge, 'base64url');
  return shown.length === kept.length && timingSafeEqual(shown, kept);
}
