import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { type AccessRule, accessRuleOf } from '../access/access-rule.js';
import type { AuthenticatedRequest, Principal } from '../access/principal.js';
import { Clock } from '../common/clock.js';
import type { FailureClass } from '../common/failure.js';
import { NotAuthenticated, NotFound, PermissionDenied } from '../common/failures.js';
import { Settings } from '../config/settings.js';
import { ReauthenticationRequired } from './auth.errors.js';
import { bearerToken } from './credential.js';
import { JwtGuard } from './jwt.guard.js';

/**
 * The door, the one global guard: finds out who is calling and enforces the route's access rule. Deny by
 * default: a route without a rule lets nobody in (and stops the start, see `RouteTable`). A credential
 * that is shown is checked even where none is needed: a bad one is 401 everywhere.
 */
@Injectable()
export class AuthenticationGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly jwt: JwtGuard,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const rule = accessRuleOf(this.reflector, context.getHandler(), context.getClass());
    if (rule === undefined) throw new PermissionDenied();
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    if (bearerToken(request) !== undefined) return this.authenticate(context, request, rule);
    if (rule.kind !== 'public') throw new NotAuthenticated();
    return true;
  }

  private async authenticate(
    context: ExecutionContext,
    request: AuthenticatedRequest,
    rule: AccessRule,
  ): Promise<boolean> {
    await this.jwt.canActivate(context);
    if (rule.kind === 'public') return true;
    if (request.principal === undefined) throw new NotAuthenticated();
    this.enforce(rule, request.principal);
    return true;
  }

  /** Until permissions can be given, only superusers hold any; an object nobody else may view is absent. */
  private enforce(rule: AccessRule, principal: Principal): void {
    switch (rule.kind) {
      case 'public':
        return;
      case 'login':
        if (rule.recent && !this.isRecent(principal)) throw new ReauthenticationRequired();
        return;
      case 'permission': {
        allow(principal.user.isSuperuser, PermissionDenied);
        return;
      }
      case 'object': {
        allow(principal.user.isSuperuser, NotFound);
        return;
      }
    }
  }

  private isRecent({ authenticatedAt }: Principal): boolean {
    if (authenticatedAt === undefined) return false;
    const age = this.clock.millis() - authenticatedAt.getTime();
    return age <= this.settings.reauthenticationWindow * 1000;
  }
}

function allow(allowed: boolean, otherwise: FailureClass): void {
  if (!allowed) throw new otherwise();
}
