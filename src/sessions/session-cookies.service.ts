import type { IncomingHttpHeaders } from 'node:http';
import { Injectable } from '@nestjs/common';
import { InvalidToken } from '../access/access.errors.js';
import { Clock } from '../common/clock.js';
import { cookieValues, setCookie } from '../common/http/cookies.js';
import { OpaqueToken } from '../common/opaque-token.js';
import { Settings } from '../config/settings.js';
import { CSRF_COOKIE, CsrfService } from './csrf.service.js';
import { COOKIE_PREFIX } from './session-row.js';

const REFRESH_PATH = '/v1/auth/refresh';

/** As much of a reply as setting cookies needs. */
export interface Reply {
  header(name: string, value: readonly string[]): unknown;
}

/** The cookies of sessions: their names, what they hold and for how long. Services never see a reply. */
@Injectable()
export class SessionCookiesService {
  /** `__Host-`: this host alone, over TLS alone (RFC 6265bis, 4.1.3.2). Without TLS there is no such name. */
  readonly sessionName: string;
  /** `__Secure-`, since `__Host-` allows no path of its own. */
  readonly refreshName: string;
  readonly #secure: boolean;

  constructor(
    private readonly csrf: CsrfService,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {
    this.#secure = settings.publicUrl.startsWith('https://');
    this.sessionName = this.#secure ? '__Host-session' : 'session';
    this.refreshName = this.#secure ? '__Secure-refresh' : 'refresh';
  }

  /** What the session cookie holds; undefined: there is none. @throws InvalidToken if there are two. */
  readText(headers: IncomingHttpHeaders): string | undefined {
    return this.only(headers, this.sessionName);
  }

  /** @throws InvalidToken if it is none of ours */
  parse(text: string): OpaqueToken {
    const token = OpaqueToken.parse(COOKIE_PREFIX, text);
    if (token === undefined) throw new InvalidToken();
    return token;
  }

  /** Undefined also for what is refused at the door: on a way in, a stale cookie is as good as none. */
  tryRead(headers: IncomingHttpHeaders): OpaqueToken | undefined {
    const [text, second] = cookieValues(headers, this.sessionName);
    return text === undefined || second !== undefined
      ? undefined
      : OpaqueToken.parse(COOKIE_PREFIX, text);
  }

  /** @throws InvalidToken if there are two. */
  readRefresh(headers: IncomingHttpHeaders): string | undefined {
    return this.only(headers, this.refreshName);
  }

  /** The session's cookie, and the CSRF token that belongs to it. */
  set(reply: Reply, session: OpaqueToken, expiresAt: Date): void {
    const options = { maxAge: this.secondsUntil(expiresAt), secure: this.#secure };
    reply.header('set-cookie', [
      setCookie(this.sessionName, session.reveal(), options),
      setCookie(CSRF_COOKIE, this.csrf.tokenOf(session), { ...options, readable: true }),
    ]);
  }

  setRefresh(reply: Reply, token: string, expiresAt: Date): void {
    const maxAge = this.secondsUntil(expiresAt);
    const options = { maxAge, secure: this.#secure, path: this.#refreshPath };
    reply.header('set-cookie', [setCookie(this.refreshName, token, options)]);
  }

  setCsrf(reply: Reply, token: string): void {
    const maxAge = this.settings.sessionCookieAge;
    const options = { maxAge, secure: this.#secure, readable: true };
    reply.header('set-cookie', [setCookie(CSRF_COOKIE, token, options)]);
  }

  /** Takes the session's cookie away, and the CSRF token that belonged to it. */
  clear(reply: Reply): void {
    const gone = { maxAge: 0, secure: this.#secure };
    reply.header('set-cookie', [
      setCookie(this.sessionName, '', gone),
      setCookie(CSRF_COOKIE, '', { ...gone, readable: true }),
    ]);
  }

  clearRefresh(reply: Reply): void {
    const gone = { maxAge: 0, secure: this.#secure, path: this.#refreshPath };
    reply.header('set-cookie', [setCookie(this.refreshName, '', gone)]);
  }

  /** `PUBLIC_URL` may have a path, which the browser sees and this server does not. */
  get #refreshPath(): string {
    return new URL(this.settings.publicUrl + REFRESH_PATH).pathname;
  }

  private only(headers: IncomingHttpHeaders, name: string): string | undefined {
    const [value, second] = cookieValues(headers, name);
    if (second !== undefined) throw new InvalidToken();
    return value;
  }

  private secondsUntil(time: Date): number {
    return Math.max(1, Math.ceil((time.getTime() - this.clock.millis()) / 1000));
  }
}
