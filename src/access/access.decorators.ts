import {
  Access,
  type Demand,
  type Recency,
  TwoFactor,
  type TwoFactorDemand,
} from './access-rule.js';
import type { PermissionName } from './permission-name.js';

type RuleDecorator = ClassDecorator & MethodDecorator;

interface LoginOptions {
  /** Whoever proved it within `REAUTHENTICATION_WINDOW`. strongest: by a second factor, if she has one. */
  readonly recent?: Recency;
  /** Also who must have a second factor and has none: what sets one up, and what leads out. */
  readonly enrollment?: boolean;
  /** API keys, too, whatever their scopes: what every one may see or do, or what the scopes narrow by themselves (lists). */
  readonly apiKeys?: boolean;
  /** Strangers, too, where `ANONYMOUS_PERMISSIONS` is on: for lists of what the caller may view. */
  readonly anonymous?: boolean;
}

interface DemandOptions {
  /** `all` of several permissions (the default), or `any` of them. */
  readonly mode?: 'all' | 'any';
  /** And has proved it within `REAUTHENTICATION_WINDOW`, as of `@LoginRequired()`. Who does not hold it is not asked to. */
  readonly recent?: Recency;
  /** false: people only, whatever an API key is good for. */
  readonly apiKeys?: boolean;
}

/** Anyone, signed in or not. */
export const Public = (): RuleDecorator => Access({ kind: 'public' });

/** Whoever is signed in. */
export const LoginRequired = (options: LoginOptions = {}): RuleDecorator =>
  Access({ kind: 'login', ...options });

/** Whoever holds this permission, or these, on the model. */
export const RequirePermission = (
  permissions: PermissionName | readonly PermissionName[],
  options: DemandOptions = {},
): RuleDecorator => Access({ kind: 'permission', ...demand(permissions, options) });

/** Whoever holds this permission, or these, on the model or on the object that the route parameter names. */
export const RequireObjectPermission = (
  permissions: PermissionName | readonly PermissionName[],
  { param = 'id', ...options }: DemandOptions & { readonly param?: string } = {},
): RuleDecorator => Access({ kind: 'object', ...demand(permissions, options), param });

/**
 * A second factor, proved in the session that calls. It stands beside a rule, or for `@LoginRequired()`; on a public
 * route it stops the start.
 */
export const RequireTwoFactor = (options: TwoFactorDemand = {}): RuleDecorator =>
  TwoFactor(options);

/** Nothing demanded would be held by everybody (as Django's `has_perms([])` is): no decorator is made of it. */
function demand(
  given: PermissionName | readonly PermissionName[],
  { mode, recent, apiKeys }: DemandOptions,
): Demand & Pick<DemandOptions, 'recent' | 'apiKeys'> {
  const permissions = typeof given === 'string' ? [given] : [...given];
  if (permissions.length === 0) throw new Error('An access rule must name a permission');
  return {
    permissions,
    ...(mode === 'any' && { any: true }),
    ...(recent && { recent }),
    ...(apiKeys !== undefined && { apiKeys }),
  };
}
