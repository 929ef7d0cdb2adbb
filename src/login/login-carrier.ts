import type { IncomingHttpHeaders } from 'node:http';
import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Carriage } from '../sessions/device.js';
import { type Reply, SessionCookiesService } from '../sessions/session-cookies.service.js';
import { SignInCsrfService } from '../sessions/sign-in-csrf.service.js';
import { TokenPairsService } from '../sessions/token-pairs.service.js';
import { DeviceCookie } from './device-cookie.service.js';
import { FormerSession } from './former-session.service.js';
import type { LoginOutcome } from './login-outcome.js';
import { type LoginAnswer, LoginResultDto, TwoFactorRequiredDto } from './login.dto.js';

/** Hands over what carries a new session, for every way in alike. */
@Injectable()
export class LoginCarrier {
  constructor(
    private readonly cookies: SessionCookiesService,
    private readonly csrf: SignInCsrfService,
    private readonly former: FormerSession,
    private readonly pairs: TokenPairsService,
    private readonly device: DeviceCookie,
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
  ): Promise<LoginAnswer> {
    if (outcome.status === 'two_factor_required') return TwoFactorRequiredDto.of(outcome);
    const { session, secret, deviceToken } = outcome;
    if (transport === 'token') {
      const pair = this.pairs.give(reply, session, secret, refreshTransport);
      if (refreshTransport === 'body') {
        return LoginResultDto.of(outcome, { ...pair, deviceToken: deviceToken.reveal() });
      }
      this.device.set(reply, deviceToken);
      return LoginResultDto.of(outcome, pair);
    }
    await this.former.end(request);
    this.cookies.set(reply, secret, session.expiresAt);
    this.device.set(reply, deviceToken);
    return LoginResultDto.of(outcome);
  }
}
