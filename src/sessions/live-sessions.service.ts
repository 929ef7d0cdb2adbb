import { timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Actor, Principal } from '../access/principal.js';
import { Clock } from '../common/clock.js';
import type { OpaqueToken } from '../common/opaque-token.js';
import { NewsService } from '../database/news/news.service.js';
import { Remembered } from '../database/news/remembered.js';
import { PreparedStatement } from '../database/prepared.js';
import { KnownUsersService } from '../users/known-users.service.js';
import { LastSeenService } from './last-seen.service.js';
import type { SessionTransport } from './session.entity.js';

const MAX_SESSIONS = 100_000;

interface SessionRow {
  readonly id: string;
  readonly user_id: string;
  readonly secret_hash: Buffer | null;
  readonly transport: SessionTransport;
  readonly methods: string[];
  readonly authenticated_at: Date;
  readonly expires_at: Date;
  readonly last_seen_at: Date;
}

/** What a node remembers of a session. Times in milliseconds since the epoch. */
export interface SessionFact {
  readonly id: string;
  readonly userId: string;
  /** Of the cookie's secret, as `latin1`; undefined: it is not carried by a cookie. */
  readonly secretHash: string | undefined;
  readonly methods: readonly string[];
  readonly authenticatedAt: Date;
  readonly expiresAt: number;
  readonly lastSeenAt: number;
  /** Made for the first request that shows it, together with what its owner is. */
  principal?: Principal;
}

// Index: sessions_pkey
const byId = new PreparedStatement<SessionRow>(
  'sessions.by-id',
  `SELECT id, user_id, secret_hash, transport, methods, authenticated_at, expires_at, last_seen_at
     FROM sessions WHERE id = $1`,
);

/** Sessions as the door sees them: from memory, or else by one indexed read. */
@Injectable()
export class LiveSessionsService {
  readonly #sessions: Remembered<SessionFact>;

  constructor(
    news: NewsService,
    private readonly dataSource: DataSource,
    private readonly users: KnownUsersService,
    private readonly lastSeen: LastSeenService,
    private readonly clock: Clock,
  ) {
    this.#sessions = new Remembered(news, { max: MAX_SESSIONS, load: (id) => this.load(id) });
    news.onChange('sessions', (id) => {
      if (id === undefined) this.#sessions.forgetAll();
      else this.#sessions.forget(id);
    });
  }

  /** How many are remembered. */
  get size(): number {
    return this.#sessions.size;
  }

  /** Undefined: not in memory now. */
  peek(id: string): SessionFact | undefined {
    return this.#sessions.peek(id);
  }

  /** Undefined: there is none, or none any more. It may be over: see `isOver`. */
  find(id: string): Promise<SessionFact | undefined> {
    return this.#sessions.find(id);
  }

  /** The session that this cookie carries, if it lives. */
  async findByCookie(cookie: OpaqueToken): Promise<SessionFact | undefined> {
    const session = await this.find(cookie.id);
    return session && this.carries(cookie, session) && !this.isOver(session) ? session : undefined;
  }

  /** Whether the cookie's secret is that of the session; in constant time. */
  carries(cookie: OpaqueToken, { secretHash }: SessionFact): boolean {
    if (secretHash === undefined) return false;
    return timingSafeEqual(cookie.hash, Buffer.from(secretHash, 'latin1'));
  }

  /** Past its absolute end, or unused for too long (ASVS 7.3.1, 7.3.2). */
  isOver(session: SessionFact): boolean {
    const { id, expiresAt, lastSeenAt } = session;
    return this.clock.millis() >= expiresAt || this.lastSeen.isIdle(id, lastSeenAt);
  }

  /** Whose requests it carries, if that is in memory. Undefined: ask `findPrincipal`. */
  peekPrincipal(session: SessionFact): Principal | undefined {
    const actor = this.users.peekActor(session.userId);
    return actor && this.use(session, actor);
  }

  /** Undefined: its owner is gone or not active. */
  async findPrincipal(session: SessionFact): Promise<Principal | undefined> {
    const actor = await this.users.findActor(session.userId);
    return actor && this.use(session, actor);
  }

  private use(session: SessionFact, actor: Actor): Principal {
    this.lastSeen.note(session.id);
    if (session.principal?.user === actor) return session.principal;
    return (session.principal = {
      user: actor,
      via: session.secretHash === undefined ? 'jwt' : 'session',
      sessionId: session.id,
      authenticatedAt: session.authenticatedAt,
      methods: session.methods,
    });
  }

  private async load(id: string): Promise<SessionFact | undefined> {
    const [row] = await byId.run(this.dataSource.manager, [id]);
    return (
      row && {
        id: row.id,
        userId: row.user_id,
        secretHash: row.secret_hash?.toString('latin1'),
        methods: row.methods,
        authenticatedAt: row.authenticated_at,
        expiresAt: row.expires_at.getTime(),
        lastSeenAt: row.last_seen_at.getTime(),
      }
    );
  }
}
