import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { callerOf } from '../common/http/caller.js';
import { LiveSessionsService } from '../sessions/live-sessions.service.js';
import { SessionCookiesService } from '../sessions/session-cookies.service.js';
import { SessionsService } from '../sessions/sessions.service.js';

/** The session that a browser had before it signs in anew. */
@Injectable()
export class FormerSession {
  constructor(
    private readonly cookies: SessionCookiesService,
    private readonly live: LiveSessionsService,
    private readonly sessions: SessionsService,
  ) {}

  /** The browser forgets its former cookie, so nobody could end that session by signing out. */
  async end(request: Pick<FastifyRequest, 'ip' | 'headers' | 'id'>): Promise<void> {
    const cookie = this.cookies.tryRead(request.headers);
    const former = cookie && (await this.live.findByCookie(cookie));
    if (former === undefined) return;
    const whose = { userId: former.userId, sessionId: former.id, caller: callerOf(request) };
    await this.sessions.endFor('logout', whose);
  }
}
