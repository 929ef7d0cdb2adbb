import { timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Actor, Principal } from '../access/principal.js';
import { Clock } from '../common/clock.js';
import type { OpaqueToken } from '../common/opaque-token.js';
import { NewsService } from '../database/news/news.service.js';
import { Remembered } from '../database/news/remembered.js';
import { KnownUsersService } from '../users/known-users.service.js';
import { LastSeenService } from './last-seen.service.js';
import type { SessionFact } from './session-fact.js';
import { SessionReaderService } from './session-reader.service.js';

const MAX_SESSIONS = 100_000;

/** Sessions as the door sees them: from memory, or else by one indexed read. */
@Injectable()
export class LiveSessionsService {
  readonly #sessions: Remembered<SessionFact>;

  constructor(
    private readonly news: NewsService,
    reader: SessionReaderService,
    private readonly users: KnownUsersService,
    private readonly lastSeen: LastSeenService,
    private readonly clock: Clock,
  ) {
    this.#sessions = new Remembered(news, {
      name: 'sessions',
      max: MAX_SESSIONS,
      load: (id) => reader.read(id),
    });
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
    if (session === undefined || !this.carries(cookie, session)) return undefined;
    return (await this.isOver(session)) ? undefined : session;
  }

  /** Whether the cookie's secret is that of the session; in constant time. */
  carries(cookie: OpaqueToken, { secretHash }: SessionFact): boolean {
    if (secretHash === undefined) return false;
    return timingSafeEqual(cookie.hash, Buffer.from(secretHash, 'latin1'));
  }

  /** Past its absolute end, or unused for too long as far as is known (ASVS 7.3.1, 7.3.2). */
  seemsOver(session: SessionFact): boolean {
    const { id, expiresAt, lastSeenAt } = session;
    const now = this.news.atLeast(this.clock.millis());
    return now >= expiresAt || this.lastSeen.isIdle(id, lastSeenAt);
  }

  /** The same in truth: that it was used since may stand in the table and not in what is remembered. */
  async isOver(session: SessionFact): Promise<boolean> {
    if (!this.seemsOver(session)) return false;
    const stored = await this.lastSeen.stored(session.id);
    if (stored === undefined) return true;
    session.lastSeenAt = stored;
    return this.seemsOver(session);
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
    this.lastSeen.note(session.id, session.lastSeenAt);
    if (session.principal?.user === actor) return session.principal;
    return (session.principal = {
      user: actor,
      via: session.secretHash === undefined ? 'jwt' : 'session',
      sessionId: session.id,
      authenticatedAt: session.authenticatedAt,
      ...(session.twoFactorAt && { twoFactorAt: session.twoFactorAt }),
      ...(session.enrollBy && { enrollBy: session.enrollBy }),
      methods: session.methods,
    });
  }
}
