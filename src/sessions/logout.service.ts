import type { IncomingHttpHeaders } from 'node:http';
import { Injectable } from '@nestjs/common';
import type { Principal } from '../access/principal.js';
import type { Caller } from '../common/http/caller.js';
import { CsrfService } from './csrf.service.js';
import { LiveSessionsService } from './live-sessions.service.js';
import { SessionCookiesService } from './session-cookies.service.js';
import { SessionsService } from './sessions.service.js';
import { UsedRefreshTokensService } from './used-refresh-tokens.service.js';

/** Signing out with whatever is left of a session. What is dead already is no error (RFC 7009, 2.2). */
@Injectable()
export class LogoutService {
  constructor(
    private readonly sessions: SessionsService,
    private readonly live: LiveSessionsService,
    private readonly used: UsedRefreshTokensService,
    private readonly cookies: SessionCookiesService,
    private readonly csrf: CsrfService,
  ) {}

  async ofPrincipal({ user, sessionId }: Principal, caller: Caller): Promise<void> {
    if (sessionId !== undefined) {
      await this.sessions.endFor('logout', { userId: user.id, sessionId, caller });
    }
  }

  async ofRefreshToken(text: string, caller: Caller): Promise<void> {
    const session = await this.used.sessionOf(text);
    if (session !== undefined) await this.sessions.endFor('logout', { ...session, caller });
  }

  /**
   * Whether the browser's cookie is dead now: not if it is an earlier one of a session that lives, since the browser
   * may have the next one already.
   *
   * @throws CsrfFailed if a session lives and the call may come from a foreign page
   */
  async ofBrowser(headers: IncomingHttpHeaders, caller: Caller): Promise<boolean> {
    const cookie = this.cookies.tryRead(headers);
    if (cookie === undefined) return true;
    const session = await this.live.find(cookie.id);
    if (session === undefined) return true;
    if (!this.live.carries(cookie, session)) return false;
    this.csrf.check(headers, cookie);
    const whose = { userId: session.userId, sessionId: session.id, caller };
    await this.sessions.endFor('logout', whose);
    return true;
  }
}
