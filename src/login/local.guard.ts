import { type ExecutionContext, Injectable } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import type { FastifyRequest } from 'fastify';
import { validated } from '../common/validation.js';
import { InvalidCredentials } from './login.errors.js';
import { LoginDto } from './login.dto.js';

/** Runs passport-local. Guards come before pipes, so the body is checked here, before any hashing. */
@Injectable()
export class LocalGuard extends AuthGuard('local') {
  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    validated(LoginDto, request.body ?? {});
    return (await super.canActivate(context)) as boolean;
  }

  override getAuthenticateOptions(): { session: false; property: string } {
    return { session: false, property: 'provenUser' };
  }

  override handleRequest<T>(error: unknown, user: T | false): T {
    if (error instanceof Error) throw error;
    if (user === false) throw new InvalidCredentials();
    return user;
  }
}
