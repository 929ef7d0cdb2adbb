import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply } from 'fastify';
import { type AccessRule, accessRuleOf } from '../access/access-rule.js';
import { guardedRequest } from '../access/guarded-request.js';
import type { GuardedRequest, Principal } from '../access/principal.js';
import { PermissionDenied } from '../common/failures.js';
import { AccessRulesService } from './access-rules.service.js';
import { ApiKeyCredential } from './api-key.credential.js';
import { CookieCredential } from './cookie.credential.js';
import { shownCredential } from './credential.js';
import { JwtCredential } from './jwt.credential.js';

/**
 * The door, the one global guard: finds out who is calling and enforces the route's access rule. Deny by
 * default: a route without a rule lets nobody in (and stops the start, see `RouteTable`). A header that is
 * shown is checked even where none is needed: a bad one is 401 everywhere, and it beats the cookie, which
 * browsers add by themselves. On public routes the cookie is not looked at: a stale one must not stand
 * between a user and the sign-in. Whoever is remembered passes without a promise.
 *
 * Messages of sockets and of other services pass the same door, each anew.
 */
@Injectable()
export class AuthenticationGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly jwt: JwtCredential,
    private readonly apiKey: ApiKeyCredential,
    private readonly cookie: CookieCredential,
    private readonly rules: AccessRulesService,
  ) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const rule = accessRuleOf(this.reflector, context.getHandler(), context.getClass());
    if (rule === undefined) throw new PermissionDenied();
    const request = guardedRequest<Principal>(context);
    const shown = shownCredential(request);
    if (shown?.kind === 'bearer') return this.byToken(context, request, rule, shown.text);
    if (shown !== undefined) return this.byApiKey(context, request, rule, shown.text);
    return rule.kind === 'public' || this.byCookie(context, request, rule);
  }

  private byToken(
    context: ExecutionContext,
    request: GuardedRequest,
    rule: AccessRule,
    token: string,
  ): true | Promise<true> {
    const known = this.jwt.peek(token);
    if (known !== undefined) return this.admit(request, known, rule);
    return this.jwt
      .prove(context, request)
      .then((principal) => this.admit(request, principal, rule));
  }

  private byApiKey(
    context: ExecutionContext,
    request: GuardedRequest,
    rule: AccessRule,
    text: string,
  ): true | Promise<true> {
    const reply = replyOf(context);
    const known = this.apiKey.peek(text, request, reply) ?? this.apiKey.prove(text, request, reply);
    if (!(known instanceof Promise)) return this.admit(request, known, rule);
    return known.then((principal) => this.admit(request, principal, rule));
  }

  private byCookie(
    context: ExecutionContext,
    request: GuardedRequest,
    rule: AccessRule,
  ): boolean | Promise<boolean> {
    try {
      const cookie = this.cookie.read(request);
      if (cookie === undefined) return this.admit(request, undefined, rule);
      const known = this.cookie.peek(cookie, request);
      if (known !== undefined) return this.admit(request, known, rule);
      return this.cookie
        .prove(cookie, request)
        .catch((error: unknown) => this.cookie.refuse(replyOf(context), error))
        .then((principal) => this.admit(request, principal, rule));
    } catch (error) {
      return this.cookie.refuse(replyOf(context), error);
    }
  }

  private admit(
    request: GuardedRequest,
    principal: Principal | undefined,
    rule: AccessRule,
  ): true | Promise<true> {
    if (principal !== undefined) request.principal = principal;
    const checking = this.rules.enforce(rule, principal, request);
    return checking === undefined ? true : checking.then(() => true);
  }
}

/** Messages have none. */
const replyOf = (context: ExecutionContext): FastifyReply | undefined =>
  context.getType() === 'http' ? context.switchToHttp().getResponse<FastifyReply>() : undefined;
