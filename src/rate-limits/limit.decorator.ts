import { applyDecorators, SetMetadata, UseGuards } from '@nestjs/common';
import { LimitGuard, ROUTE_LIMIT, type RouteLimit } from './limit.guard.js';

/**
 * Bounds the calls of a public route that costs something: `REQUESTS_PER_ADDRESS` in `RATE_LIMIT_WINDOW` from one
 * address, counted under this name before anything else is done. Name `TooManyAttempts` in its `@Fails`, too.
 */
export const Limit = (name: string, options: Omit<RouteLimit, 'name'> = {}): MethodDecorator =>
  applyDecorators(SetMetadata(ROUTE_LIMIT, { name, ...options }), UseGuards(LimitGuard));
