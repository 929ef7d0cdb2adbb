import { type ExecutionContext, Injectable } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import { InvalidToken } from '../access/access.errors.js';
import { guardedRequest } from '../access/guarded-request.js';
import type { GuardedRequest, Principal } from '../access/principal.js';
import { Failure } from '../common/failure.js';

/** Runs passport-jwt and leaves the principal on the request. */
@Injectable()
export class JwtGuard extends AuthGuard('jwt') {
  override getAuthenticateOptions(): { session: false; property: string } {
    return { session: false, property: 'principal' };
  }

  override getRequest(context: ExecutionContext): GuardedRequest {
    return guardedRequest(context);
  }

  /** What the strategy threw is passed on (a lost database is 503); all else is a bad token. */
  override handleRequest<T = Principal>(
    error: unknown,
    principal: T | false | undefined,
    info: unknown,
  ): T {
    if (error) throw error as Error;
    if (info instanceof Failure) throw info;
    if (!principal) throw new InvalidToken();
    return principal;
  }
}
