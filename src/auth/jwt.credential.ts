import { type ExecutionContext, Injectable } from '@nestjs/common';
import { InvalidToken } from '../access/access.errors.js';
import type { GuardedRequest, Principal } from '../access/principal.js';
import { Clock } from '../common/clock.js';
import { NewsService } from '../database/news/news.service.js';
import { LiveSessionsService } from '../sessions/live-sessions.service.js';
import { JwtGuard } from './jwt.guard.js';
import { ProvenTokens } from './proven-tokens.js';

/** `Authorization: Bearer …`: passport-jwt checks a token once, and its session each time. */
@Injectable()
export class JwtCredential {
  constructor(
    private readonly guard: JwtGuard,
    private readonly proven: ProvenTokens,
    private readonly sessions: LiveSessionsService,
    private readonly clock: Clock,
    private readonly news: NewsService,
  ) {
    news.onChange('signing_keys', () => {
      this.proven.clear();
    });
  }

  /** Whose token it is, if all of that is in memory. */
  peek(token: string): Principal | undefined {
    const claims = this.proven.get(token);
    if (claims === undefined || this.news.atLeast(this.clock.millis()) >= claims.exp * 1000) {
      return undefined;
    }
    const session = this.sessions.peek(claims.sid);
    if (session === undefined || this.sessions.seemsOver(session)) return undefined;
    return this.sessions.peekPrincipal(session);
  }

  /** @throws InvalidToken */
  async prove(context: ExecutionContext, request: GuardedRequest): Promise<Principal> {
    await this.guard.canActivate(context);
    if (request.principal === undefined) throw new InvalidToken();
    return request.principal;
  }
}
