import type { IncomingHttpHeaders } from 'node:http';
import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { type Caller, callerOf } from '../common/http/caller.js';
import type { Carriage } from '../sessions/device.js';
import { LiveSessionsService } from '../sessions/live-sessions.service.js';
import { type Reply, SessionCookiesService } from '../sessions/session-cookies.service.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { SignInCsrfService } from '../sessions/sign-in-csrf.service.js';
import { TokenPairsService } from '../sessions/token-pairs.service.js';
import { LoginResultDto } from './login.dto.js';
import type { LoginOutcome } from './login.service.js';

/** Hands over what carries a new session, for every way in alike. */
@Injectable()
export class LoginCarrier {
  constructor(
    private readonly cookies: SessionCookiesService,
    private readonly csrf: SignInCsrfService,
    private readonly live: LiveSessionsService,
    private readonly sessions: SessionsService,
    private readonly pairs: TokenPairsService,
  ) {}

  /**
   * Before anything is proved: whoever is to be given a cookie must come from one of our pages, or else
   * anybody's page could sign a browser in as somebody else (login CSRF, ASVS 7.6.2).
   *
   * @throws CsrfFailed
   */
  async check(
    { transport, refreshTransport }: Carriage,
    headers: IncomingHttpHeaders,
  ): Promise<void> {
    if (transport !== 'cookie' && refreshTransport !== 'cookie') return;
    await this.csrf.check(headers);
  }

  async carry(
    outcome: LoginOutcome,
    { transport = 'token', refreshTransport = 'body' }: Carriage,
    request: Pick<FastifyRequest, 'ip' | 'headers' | 'id'>,
    reply: Reply,
  ): Promise<LoginResultDto> {
    const { session, secret } = outcome;
    if (transport === 'token') {
      const pair = this.pairs.give(reply, session, secret, refreshTransport);
      return LoginResultDto.of(outcome, pair);
    }
    await this.endFormer(request.headers, callerOf(request));
    this.cookies.set(reply, secret, session.expiresAt);
    return LoginResultDto.of(outcome);
  }

  /** The browser forgets its former cookie, so nobody could end that session by signing out. */
  private async endFormer(headers: IncomingHttpHeaders, caller: Caller): Promise<void> {
    const cookie = this.cookies.tryRead(headers);
    const former = cookie && (await this.live.findByCookie(cookie));
    if (former === undefined) return;
    const whose = { userId: former.userId, sessionId: former.id, caller };
    await this.sessions.endFor('logout', whose);
  }
}
