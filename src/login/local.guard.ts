import { type ExecutionContext, Injectable } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { abandoned } from '../common/http/abandoned.js';
import { validated } from '../common/validation.js';
import { PasswordService } from '../passwords/password.service.js';
import { during } from '../rate-limits/attempt.js';
import type { LoginRequest } from './local.strategy.js';
import { LoginCarrier } from './login-carrier.js';
import { LoginDto } from './login.dto.js';
import { InvalidCredentials } from './login.errors.js';
import { isWrong, SignInAttempts } from './sign-in-attempts.service.js';

/** Runs passport-local. Guards come before pipes, so the body is checked here, and the attempt paid for, before any hashing. */
@Injectable()
export class LocalGuard extends AuthGuard('local') {
  constructor(
    private readonly carrier: LoginCarrier,
    private readonly attempts: SignInAttempts,
    private readonly passwords: PasswordService,
  ) {
    super();
  }

  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest & Omit<LoginRequest, 'body'>>();
    const reply = http.getResponse<FastifyReply>();
    const body = validated(LoginDto, request.body === undefined ? {} : request.body);
    await this.carrier.check(body, request.headers);
    this.attempts.refuseFull(body, request, reply);
    request.abandoned = abandoned(reply.raw);
    // A flood waits, or is refused, before it costs the database anything.
    return this.passwords.whole(async () => {
      request.attempt = await this.attempts.begin(body, request, reply);
      return during(
        request.attempt,
        isWrong,
        async () => (await super.canActivate(context)) as boolean,
      );
    }, request.abandoned);
  }

  override getAuthenticateOptions(): { session: false; property: string } {
    return { session: false, property: 'provenUser' };
  }

  /** Whatever the strategy threw goes on (a lost database is 503); nobody passes without a user. */
  override handleRequest<T>(error: unknown, user: T | false | undefined): T {
    if (error) throw error as Error;
    if (!user) throw new InvalidCredentials();
    return user;
  }
}
