import type { IncomingHttpHeaders } from 'node:http';
import { Injectable } from '@nestjs/common';
import { CsrfService } from './csrf.service.js';
import { LiveSessionsService } from './live-sessions.service.js';
import { SessionCookiesService } from './session-cookies.service.js';

/** The CSRF check of calls that come before a session, or beside one: signing in, refreshing. */
@Injectable()
export class SignInCsrfService {
  constructor(
    private readonly csrf: CsrfService,
    private readonly cookies: SessionCookiesService,
    private readonly live: LiveSessionsService,
  ) {}

  /**
   * Takes a token of those before a session, or that of the session which the browser still has; one that never
   * was may have been planted together with its token, so it must live.
   *
   * @throws CsrfFailed
   */
  async check(headers: IncomingHttpHeaders): Promise<void> {
    const session = this.cookies.tryRead(headers);
    const lives = session && (await this.live.findByCookie(session)) !== undefined;
    this.csrf.checkSignIn(headers, lives ? session : undefined);
  }
}
