import { type ExecutionContext, Injectable } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { abandoned } from '../common/http/abandoned.js';
import { validated } from '../common/validation.js';
import type { LoginRequest } from './local.strategy.js';
import { LoginCarrier } from './login-carrier.js';
import { LoginDto } from './login.dto.js';
import { InvalidCredentials } from './login.errors.js';

/** Runs passport-local. Guards come before pipes, so the body is checked here, before any hashing. */
@Injectable()
export class LocalGuard extends AuthGuard('local') {
  constructor(private readonly carrier: LoginCarrier) {
    super();
  }

  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest & Pick<LoginRequest, 'abandoned'>>();
    const body = validated(LoginDto, request.body === undefined ? {} : request.body);
    await this.carrier.check(body, request.headers);
    request.abandoned = abandoned(http.getResponse<FastifyReply>().raw);
    return (await super.canActivate(context)) as boolean;
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
