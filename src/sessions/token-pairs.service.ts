import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import type { OpaqueToken } from '../common/opaque-token.js';
import { KeyRing } from '../config/key-ring.js';
import { AccessTokensService, type TokenSubject } from './access-tokens.service.js';
import type { RefreshTransport } from './device.js';
import { RefreshToken } from './refresh-token.js';
import { type Reply, SessionCookiesService } from './session-cookies.service.js';
import type { Tokens } from './tokens.dto.js';

/** What a client without a session cookie gets: an access token, and a refresh token where it is to travel. */
@Injectable()
export class TokenPairsService {
  constructor(
    private readonly accessTokens: AccessTokensService,
    private readonly cookies: SessionCookiesService,
    private readonly ring: KeyRing,
    private readonly clock: Clock,
  ) {}

  give(
    reply: Reply,
    session: TokenSubject,
    secret: OpaqueToken,
    refreshIn: RefreshTransport,
  ): Tokens {
    const { token, expiresIn } = this.accessTokens.issue(session);
    const refreshToken = RefreshToken.of(secret, this.ring).reveal();
    if (refreshIn === 'cookie') this.cookies.setRefresh(reply, refreshToken, session.expiresAt);
    return {
      accessToken: token,
      tokenType: 'Bearer',
      expiresIn,
      ...(refreshIn === 'body' && { refreshToken }),
      refreshExpiresIn: Math.ceil((session.expiresAt.getTime() - this.clock.millis()) / 1000),
    };
  }
}
