import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { InvalidToken } from '../access/access.errors.js';
import { Clock } from '../common/clock.js';
import { Gathering } from '../common/gathering.js';
import type { Caller } from '../common/http/caller.js';
import type { OpaqueToken } from '../common/opaque-token.js';
import { Settings } from '../config/settings.js';
import type { PreparedStatement } from '../database/prepared.js';
import type { TokenSubject } from './access-tokens.service.js';
import { LastSeenService } from './last-seen.service.js';
import { RefreshToken } from './refresh-token.js';
import {
  rotateFree,
  rotateOne,
  valuesOf,
  type RotatedRow,
  type Rotating,
} from './rotation-statements.js';
import { UsedRefreshTokensService } from './used-refresh-tokens.service.js';

const SALT_BYTES = 32;

/** So many go together at most, and so many times at once: the other connections are for others. */
const TOGETHER = 64;
const STATEMENTS = 2;

export interface Rotation {
  readonly session: TokenSubject;
  /** The successor. */
  readonly secret: OpaqueToken;
}

/**
 * One-time refresh tokens that rotate inside of their session (RFC 9700, 4.14.2). Those that come at the same time are
 * rotated by one statement, as far as nothing holds their rows; the others each by its own, which waits.
 */
@Injectable()
export class RefreshTokensService {
  readonly #together = new Gathering<Rotating, RotatedRow>(
    (asks) => this.run(rotateFree, asks),
    TOGETHER,
    STATEMENTS,
  );

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
    const successor = opaque.successor(salt);
    const asked: Rotating = {
      id: opaque.id,
      used: opaque.hash,
      next: successor.hash,
      salt,
      idleSince: this.idleSince(opaque.id),
    };
    const row = (await this.#together.ask(asked)) ?? (await this.run(rotateOne, [asked]))[0];
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
    const isFirst = row.refresh_salt.equals(salt);
    return { session, secret: isFirst ? successor : opaque.successor(row.refresh_salt) };
  }

  private run(
    statement: PreparedStatement<RotatedRow>,
    asks: readonly Rotating[],
  ): Promise<RotatedRow[]> {
    const now = this.clock.now();
    const graceSince = new Date(now.getTime() - this.settings.refreshGrace * 1000);
    return statement.run(this.dataSource.manager, valuesOf(asks, now, graceSince));
  }

  /** A session last used before this is over; null: none is for that. */
  private idleSince(id: string): Date | null {
    const earliest = this.lastSeen.earliest();
    if (earliest === undefined || (this.lastSeen.of(id) ?? 0) >= earliest.getTime()) return null;
    return earliest;
  }
}
