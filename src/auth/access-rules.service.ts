import { Injectable } from '@nestjs/common';
import { validate as isUuid } from 'uuid';
import { type AccessRule, admitsApiKeys, type Demand, demandedBy } from '../access/access-rule.js';
import { viewOf } from '../access/permission-name.js';
import type { GuardedRequest, Principal } from '../access/principal.js';
import { AuditService } from '../audit/audit.service.js';
import { NotAuthenticated, NotFound, PermissionDenied } from '../common/failures.js';
import { callerOf } from '../common/http/caller.js';
import { Settings } from '../config/settings.js';
import { PermissionsService } from '../permissions/permissions.service.js';
import { ApiKeyNotAllowed, InsufficientScope } from './auth.errors.js';
import { RecentProofService } from './recent-proof.service.js';
import { TwoFactorRules } from './two-factor-rules.service.js';

type Demanding = Extract<AccessRule, Demand>;
type Closed = Exclude<AccessRule, { kind: 'public' }>;

/** Who calls; undefined: a stranger, which few rules admit. */
type Calling = Principal | undefined;

/** Whether somebody may do what a route does. Refusals are in the audit log. */
@Injectable()
export class AccessRulesService {
  constructor(
    private readonly settings: Settings,
    private readonly proofs: RecentProofService,
    private readonly audit: AuditService,
    private readonly permissions: PermissionsService,
    private readonly twoFactor: TwoFactorRules,
  ) {}

  /**
   * Returns at once where all that it takes is in memory. Whoever may view an object but not do this is told so; to
   * others it is absent, whether it exists or not. A proof, or a second factor, is asked only of who holds what is
   * demanded. Who must set a second factor up is told so whatever she asks for: it says nothing of what there is.
   *
   * @throws NotAuthenticated, ReauthenticationRequired, TwoFactorRequired, TwoFactorEnrollmentRequired,
   * ApiKeyNotAllowed, InsufficientScope, PermissionDenied, NotFound
   */
  enforce(rule: AccessRule, calling: Calling, request: GuardedRequest): void | Promise<void> {
    if (rule.kind === 'public') return;
    if (calling?.via === 'api-key') this.admitKey(rule, calling, request);
    if (calling === undefined || isOfEnrollment(rule)) return this.judge(rule, calling, request);
    const checking = this.twoFactor.admit(calling);
    if (checking === undefined) return this.judge(rule, calling, request);
    return checking.then(() => this.judge(rule, calling, request));
  }

  /**
   * What a key is not for it is told before anything is looked at, the same of every object. @throws ApiKeyNotAllowed,
   * InsufficientScope
   */
  private admitKey(rule: Closed, key: Principal, request: GuardedRequest): void {
    if (!admitsApiKeys(rule)) {
      this.note(key, rule, request, 'api_key_not_allowed');
      throw new ApiKeyNotAllowed();
    }
    if (!isInScope(rule, key)) {
      this.note(key, rule, request, 'insufficient_scope');
      throw new InsufficientScope();
    }
  }

  private judge(rule: Closed, calling: Calling, request: GuardedRequest): void | Promise<void> {
    if (rule.kind === 'login') return this.enforceLogin(rule, calling);
    if (calling === undefined && !this.settings.anonymousPermissions) throw new NotAuthenticated();
    const objectId = rule.kind === 'object' ? objectIdOf(rule.param, request) : undefined;
    if (this.isKnownToAllow(rule, calling, objectId)) {
      return this.enforceProofs(rule, calling, objectId);
    }
    return this.enforceDemand(rule, calling, request, objectId);
  }

  private enforceLogin(
    rule: Extract<AccessRule, { kind: 'login' }>,
    calling: Calling,
  ): void | Promise<void> {
    if (calling !== undefined) return this.enforceProofs(rule, calling);
    if (!rule.anonymous || !this.settings.anonymousPermissions) throw new NotAuthenticated();
    return this.enforceProofs(rule, calling);
  }

  private enforceProofs(rule: Closed, calling: Calling, objectId?: string): void | Promise<void> {
    const checking = this.twoFactor.enforce(rule, calling, objectId);
    if (checking === undefined) return this.enforceRecent(rule, calling);
    return checking.then(() => this.enforceRecent(rule, calling));
  }

  private enforceRecent({ recent }: Closed, calling: Calling): void | Promise<void> {
    if (!recent) return;
    if (calling === undefined) throw new NotAuthenticated();
    if (recent === 'strongest') return this.proofs.demandStrongest(calling);
    this.proofs.demand(calling);
  }

  private isKnownToAllow(
    { permissions, any }: Demanding,
    calling: Calling,
    objectId: string | undefined,
  ): boolean {
    const allowed = (permission: Demanding['permissions'][number]) =>
      this.permissions.peek(calling, permission, objectId) === true;
    return any ? permissions.some(allowed) : permissions.every(allowed);
  }

  private async enforceDemand(
    rule: Demanding,
    calling: Calling,
    request: GuardedRequest,
    objectId: string | undefined,
  ): Promise<void> {
    const { permissions } = this;
    const allowed = rule.any
      ? await permissions.allowsAny(calling, rule.permissions, objectId)
      : await permissions.allowsAll(calling, rule.permissions, objectId);
    if (allowed) return this.enforceProofs(rule, calling, objectId);
    if (calling === undefined) throw new NotAuthenticated();
    this.note(calling, rule, request);
    if (rule.kind === 'permission') throw new PermissionDenied();
    const views = [...new Set(rule.permissions.map(viewOf))];
    const visible = await permissions.allowsAny(calling, views, objectId);
    if (!visible) throw new NotFound();
    throw isInScope(rule, calling, objectId) ? new PermissionDenied() : new InsufficientScope();
  }

  private note({ user }: Principal, rule: Closed, request: GuardedRequest, reason?: string) {
    const permissions = demandedBy(rule);
    this.audit.note({
      action: 'access_denied',
      outcome: 'failure',
      actorId: user.id,
      subjectId: user.id,
      caller: callerOf(request),
      details: {
        ...(permissions.length > 0 && { permission: permissions.join(' ') }),
        ...(reason !== undefined && { reason }),
      },
    });
  }
}

const isOfEnrollment = (rule: Closed): boolean => rule.kind === 'login' && rule.enrollment === true;

/** Whether the credential may be used for it, on this object; without one: on some object at least. */
function isInScope(rule: Closed, { scopes }: Principal, objectId?: string): boolean {
  if (rule.kind === 'login' || scopes === undefined) return true;
  const isOnSome = rule.kind === 'object' && objectId === undefined;
  const covered = (permission: Demanding['permissions'][number]) =>
    isOnSome ? scopes.mentions(permission) : scopes.covers(permission, objectId);
  return rule.any ? rule.permissions.some(covered) : rule.permissions.every(covered);
}

/** @throws NotFound for what is no id: nothing has it. */
function objectIdOf(param: string, { params }: GuardedRequest): string {
  const id = (params as Readonly<Record<string, unknown>>)[param];
  if (typeof id !== 'string' || !isUuid(id)) throw new NotFound();
  return id.toLowerCase();
}
