import { Injectable } from '@nestjs/common';
import type { AccessRule } from '../access/access-rule.js';
import type { PermissionName } from '../access/permission-name.js';
import type { AuthenticatedRequest, Principal } from '../access/principal.js';
import { AuditService } from '../audit/audit.service.js';
import { Clock } from '../common/clock.js';
import type { FailureClass } from '../common/failure.js';
import { NotFound, PermissionDenied } from '../common/failures.js';
import { callerOf } from '../common/http/caller.js';
import { Settings } from '../config/settings.js';
import { ReauthenticationRequired } from './auth.errors.js';

/** Whether somebody who is known may do what a route does. Refusals are in the audit log. */
@Injectable()
export class AccessRulesService {
  constructor(
    private readonly settings: Settings,
    private readonly clock: Clock,
    private readonly audit: AuditService,
  ) {}

  /**
   * Until permissions can be given, only superusers hold any; an object nobody else may view is absent.
   *
   * @throws ReauthenticationRequired, PermissionDenied, NotFound
   */
  enforce(rule: AccessRule, principal: Principal, request: AuthenticatedRequest): void {
    if (rule.kind === 'public') return;
    if (rule.kind === 'login') {
      if (rule.recent && !this.isRecent(principal)) throw new ReauthenticationRequired();
      return;
    }
    if (principal.user.isSuperuser) return;
    const failure = rule.kind === 'object' ? NotFound : PermissionDenied;
    throw this.refuse(principal, rule.permission, request, failure);
  }

  private refuse(
    { user }: Principal,
    permission: PermissionName,
    request: AuthenticatedRequest,
    failure: FailureClass,
  ): Error {
    this.audit.note({
      action: 'access_denied',
      outcome: 'failure',
      actorId: user.id,
      subjectId: user.id,
      caller: callerOf(request),
      details: { permission },
    });
    return new failure();
  }

  private isRecent({ authenticatedAt }: Principal): boolean {
    if (authenticatedAt === undefined) return false;
    const age = this.clock.millis() - authenticatedAt.getTime();
    return age <= this.settings.reauthenticationWindow * 1000;
  }
}
