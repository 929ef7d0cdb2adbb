import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { InvalidToken, SessionExpired } from '../access/access.errors.js';
import { GuardedMessage } from '../access/guarded-request.js';
import type { GuardedRequest, Principal } from '../access/principal.js';
import type { OpaqueToken } from '../common/opaque-token.js';
import { CsrfService } from '../sessions/csrf.service.js';
import { LiveSessionsService } from '../sessions/live-sessions.service.js';
import { SessionCookiesService } from '../sessions/session-cookies.service.js';
import type { SessionFact } from '../sessions/session-fact.js';
import { Proven } from './proven.js';

const MAX_COOKIES = 20_000;
/** RFC 9110, 9.2.1. */
const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Which session a cookie named, with the hash of its secret: worthless once the session has another. */
interface ProvenCookie {
  readonly id: string;
  readonly secretHash: string;
}

/** Of a session that lives and has another secret since: see `SessionsService.renew`. */
class SupersededCookie extends InvalidToken {}

/** The session cookie. What changes something must show the CSRF token, too: that is a property of cookies. */
@Injectable()
export class CookieCredential {
  readonly #proven = new Proven<ProvenCookie>(MAX_COOKIES);

  constructor(
    private readonly cookies: SessionCookiesService,
    private readonly sessions: LiveSessionsService,
    private readonly csrf: CsrfService,
  ) {}

  /**
   * What the cookie holds; undefined: there is none. A browser opens sockets for every page and sends its cookies
   * along: there they count for ours alone.
   *
   * @throws InvalidToken if there are two. CsrfFailed on a socket of no page, or of a foreign one.
   */
  read(request: GuardedRequest): string | undefined {
    const text = this.cookies.readText(request.headers);
    if (text !== undefined && request instanceof GuardedMessage) {
      this.csrf.checkSocket(request.headers);
    }
    return text;
  }

  /** Whose cookie it is, if all of that is in memory and nothing is to be changed. */
  peek(cookie: string, { method }: GuardedRequest): Principal | undefined {
    if (!SAFE_METHODS.has(method)) return undefined;
    const proven = this.#proven.get(cookie);
    if (proven === undefined) return undefined;
    const session = this.sessions.peek(proven.id);
    if (session?.secretHash !== proven.secretHash || this.sessions.seemsOver(session)) {
      return undefined;
    }
    return this.sessions.peekPrincipal(session);
  }

  /** @throws InvalidToken, SessionExpired, CsrfFailed */
  async prove(text: string, { headers, method }: GuardedRequest): Promise<Principal> {
    const cookie = this.cookies.parse(text);
    const session = await this.sessionOf(cookie);
    if (!SAFE_METHODS.has(method)) this.csrf.check(headers, cookie);
    const principal = await this.sessions.findPrincipal(session);
    if (principal === undefined) throw new InvalidToken();
    this.#proven.set(text, { id: session.id, secretHash: cookie.hash.toString('latin1') });
    return principal;
  }

  /** A cookie that opens nothing any more is taken away, unless the browser may have its successor already. Sockets keep theirs. */
  refuse(reply: FastifyReply | undefined, error: unknown): never {
    if (error instanceof SupersededCookie || reply === undefined) throw error;
    if (error instanceof InvalidToken || error instanceof SessionExpired) this.cookies.clear(reply);
    throw error;
  }

  private async sessionOf(cookie: OpaqueToken): Promise<SessionFact> {
    const session = await this.sessions.find(cookie.id);
    if (session === undefined) throw new InvalidToken();
    if (!this.sessions.carries(cookie, session)) throw new SupersededCookie();
    if (await this.sessions.isOver(session)) throw new SessionExpired();
    return session;
  }
}
