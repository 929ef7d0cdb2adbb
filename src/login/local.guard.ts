import { type ExecutionContext, Injectable } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import type { FastifyRequest } from 'fastify';
import { validated } from '../common/validation.js';
import { LoginDto } from './login.dto.js';
import { InvalidCredentials } from './login.errors.js';

/** Runs passport-local. Guards come before pipes, so the body is checked here, before any hashing. */
@Injectable()
export class LocalGuard extends AuthGuard('local') {
  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    validated(LoginDto, request.body === undefined ? {} : request.body);
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
