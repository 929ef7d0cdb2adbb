import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { callerOf } from '../common/http/caller.js';
import { Settings } from '../config/settings.js';
import { AddressLimits } from './address-limits.service.js';
import { announceLeft, announcePolicy } from './limit-headers.js';
import { TooManyAttempts } from './rate-limits.errors.js';

export const ROUTE_LIMIT = Symbol('ROUTE_LIMIT');

export interface RouteLimit {
  readonly name: string;
  /** How many times as many as usual, where people call often (while they type, say). */
  readonly times?: number;
}

/** Behind `@Limit()`: refuses the call past the limit of its route. */
@Injectable()
export class LimitGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly limits: AddressLimits,
    private readonly settings: Settings,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const limit = this.reflector.get<RouteLimit>(ROUTE_LIMIT, context.getHandler());
    const http = context.switchToHttp();
    const { requestsPerAddress, window } = this.settings.limits;
    const quota = { name: limit.name, limit: requestsPerAddress * (limit.times ?? 1), window };
    const { allowed, remaining, secondsLeft } = await this.limits.count(
      quota,
      callerOf(http.getRequest<FastifyRequest>()),
    );
    const reply = http.getResponse<FastifyReply>();
    announcePolicy(reply, quota);
    announceLeft(reply, quota.name, remaining, secondsLeft);
    if (!allowed) throw new TooManyAttempts({ retryAfter: secondsLeft });
    return true;
  }
}
