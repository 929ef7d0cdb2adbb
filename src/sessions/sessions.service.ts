import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Clock } from '../common/clock.js';
import type { Caller } from '../common/http/caller.js';
import { OpaqueToken } from '../common/opaque-token.js';
import { Settings } from '../config/settings.js';
import { UserCredentialsService } from '../users/user-credentials.service.js';
import type { User } from '../users/user.entity.js';
import type { Device } from './device.js';
import type { Proof } from './proof.js';
import { SessionChronicle } from './session-chronicle.service.js';
import { type SessionEvent, sessionEndings } from './session-endings.js';
import { COOKIE_PREFIX, type NewSession, newSession } from './session-row.js';
import { Session } from './session.entity.js';

/** Whose sessions an event is about, and which of them it happens in or names. */
export interface Whose {
  readonly userId: string;
  readonly sessionId?: string;
  /** Who asks, for the log book. */
  readonly caller?: Caller | undefined;
}

/** What else an event ends, in the same transaction and before the sessions. */
export type AlsoEnds = (manager: EntityManager, event: SessionEvent, whose: Whose) => Promise<void>;

export interface RenewedCookie {
  readonly secret: OpaqueToken;
  readonly expiresAt: Date;
}

export type Renewal =
  { readonly lives: false } | { readonly lives: true; readonly cookie?: RenewedCookie };

/** Begins and ends sessions. */
@Injectable()
export class SessionsService {
  readonly #alsoEnds: AlsoEnds[] = [];

  constructor(
    private readonly dataSource: DataSource,
    private readonly credentials: UserCredentialsService,
    private readonly chronicle: SessionChronicle,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  /**
   * Opens a session and notes the sign-in. Undefined: between the check of the password and now the user
   * was deactivated or her credentials changed, so what was proved no longer counts. Past the number of
   * sessions that a user may have, the oldest ends; sign-ins of one user wait for each other here.
   * `within` does what belongs into the same transaction.
   */
  async open(
    user: User,
    proof: Proof,
    device: Device,
    within?: (manager: EntityManager, sessionId: string) => Promise<void>,
  ): Promise<NewSession | undefined> {
    const now = this.clock.now();
    return this.dataSource.transaction(async (manager) => {
      if (!(await this.credentials.noteSignIn(manager, user, now))) return undefined;
      const session = newSession(user, proof, device, this.settings, now);
      await this.makeRoom(manager, user.id);
      await manager
        .createQueryBuilder()
        .insert()
        .into(Session)
        .values(session.row as never)
        .execute();
      await this.chronicle.opened(manager, session, device);
      await within?.(manager, session.row.id);
      return session;
    });
  }

  /** For rooms above, which have more that is over when somebody signs out. */
  alsoEnding(work: AlsoEnds): void {
    this.#alsoEnds.push(work);
  }

  /** Ends what this event ends (`sessionEndings`), as part of the change that it is. Returns how many. */
  async endFor(event: SessionEvent, whose: Whose, manager?: EntityManager): Promise<number> {
    if (manager === undefined) {
      return this.dataSource.transaction((own) => this.endFor(event, whose, own));
    }
    const ends = sessionEndings[event];
    if (ends === 'none') return 0;
    const { userId, sessionId } = whose;
    if (ends !== 'all' && sessionId === undefined) {
      throw new Error(`Which session does ${event} mean?`);
    }
    for (const alsoEnd of this.#alsoEnds) await alsoEnd(manager, event, whose);
    const query = manager
      .createQueryBuilder()
      .delete()
      .from(Session)
      .where('user_id = :userId', { userId }); // sessions_user_id_id_idx
    if (ends === 'this') query.andWhere('id = :sessionId', { sessionId });
    if (ends === 'others') query.andWhere('id <> :sessionId', { sessionId });
    const deleted = await query.returning('id').execute();
    const ended = deleted.raw as { id: string }[];
    await this.chronicle.ended(manager, ended, event, whose);
    return ended.length;
  }

  /** The owner has proved again, within her session, that it is herself: by a second factor, if it says which. */
  reauthenticate(
    id: string,
    user: User,
    caller: Caller,
    factor: readonly string[] = [],
  ): Promise<Renewal> {
    return this.dataSource.transaction(async (manager) => {
      const renewal = await this.renew(id, user, manager, factor);
      if (renewal.lives) {
        await this.chronicle.reauthenticated(manager, { userId: user.id, sessionId: id, caller });
      }
      return renewal;
    });
  }

  /**
   * A rise in privilege (ASVS 7.2.4): the owner has just proved again that it is herself, and the secret in
   * her cookie becomes a new one. Nothing is renewed if the session has ended meanwhile or what was proved
   * no longer counts.
   *
   * @param factor the methods of a second factor that was proved just now: it raises the session to level two.
   */
  async renew(
    id: string,
    { id: userId, credentialsChangedAt }: Pick<User, 'id' | 'credentialsChangedAt'>,
    manager: EntityManager = this.dataSource.manager,
    factor: readonly string[] = [],
  ): Promise<Renewal> {
    const secret = OpaqueToken.issue(COOKIE_PREFIX, id);
    // Indexes: sessions_pkey, users_pkey
    const [row] = await manager.query<{ transport: string; expires_at: Date }[]>(
      `WITH renewed AS (
         UPDATE sessions s SET authenticated_at = $3,
                two_factor_at = CASE WHEN $6::text[] = '{}' THEN s.two_factor_at ELSE $3 END,
                enroll_by = CASE WHEN $6::text[] = '{}' THEN s.enroll_by END,
                methods = s.methods || ARRAY(SELECT m FROM unnest($6::text[]) AS m WHERE m <> ALL (s.methods)),
                secret_hash = CASE WHEN s.secret_hash IS NULL THEN NULL ELSE $4::bytea END
           FROM users u
          WHERE s.id = $1 AND s.user_id = $2 AND s.expires_at > $3
            AND u.id = s.user_id AND u.is_active AND u.credentials_changed_at = $5
         RETURNING s.transport, s.expires_at)
       SELECT transport, expires_at FROM renewed`,
      [id, userId, this.clock.now(), secret.hash, credentialsChangedAt, factor],
    );
    if (row === undefined) return { lives: false };
    this.chronicle.changed(manager, id);
    if (row.transport !== 'cookie') return { lives: true };
    return { lives: true, cookie: { secret, expiresAt: row.expires_at } };
  }

  /** As the table has it, for whoever holds the lock of the user: nothing remembered. */
  async lives(manager: EntityManager, userId: string, id: string): Promise<boolean> {
    const rows = await manager.query<unknown[]>(
      'SELECT FROM sessions WHERE id = $1 AND user_id = $2 AND expires_at > $3', // sessions_pkey
      [id, userId, this.clock.now()],
    );
    return rows.length > 0;
  }

  /**
   * A second factor is gone: what was proved by it no longer counts, in any session of the user but the one that is
   * named. How else they were opened stays.
   */
  async lower(manager: EntityManager, userId: string, except?: string): Promise<void> {
    // Index: sessions_user_id_id_idx
    const lowered = await manager.query<{ id: string }[]>(
      `WITH lowered AS (
         UPDATE sessions SET two_factor_at = NULL
          WHERE user_id = $1 AND two_factor_at IS NOT NULL AND ($2::uuid IS NULL OR id <> $2)
         RETURNING id)
       SELECT id FROM lowered`,
      [userId, except ?? null],
    );
    for (const { id } of lowered) this.chronicle.changed(manager, id);
  }

  private async makeRoom(manager: EntityManager, userId: string): Promise<void> {
    // Index: sessions_user_id_id_idx; UUIDv7 sort by their time.
    const ended = await manager.query<{ id: string }[]>(
      `WITH ended AS (DELETE FROM sessions WHERE user_id = $1 AND id IN
         (SELECT id FROM sessions WHERE user_id = $1 ORDER BY id DESC OFFSET $2) RETURNING id)
       SELECT id FROM ended`,
      [userId, this.settings.sessionsPerUser - 1],
    );
    for (const { id } of ended) this.chronicle.changed(manager, id);
  }
}
