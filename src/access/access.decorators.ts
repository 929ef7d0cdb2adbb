import { Access } from './access-rule.js';
import type { PermissionName } from './permission-name.js';

type RuleDecorator = ClassDecorator & MethodDecorator;

/** Anyone, signed in or not. */
export const Public = (): RuleDecorator => Access({ kind: 'public' });

/** Whoever is signed in; `recent`: whoever proved it within `REAUTHENTICATION_WINDOW`. */
export const LoginRequired = (options: { readonly recent?: boolean } = {}): RuleDecorator =>
  Access({ kind: 'login', ...options });

/** Whoever holds this permission on the model. */
export const RequirePermission = (permission: PermissionName): RuleDecorator =>
  Access({ kind: 'permission', permission });

/** Whoever holds this permission on the model or on the object that the route parameter names. */
export const RequireObjectPermission = (
  permission: PermissionName,
  { param = 'id' }: { readonly param?: string } = {},
): RuleDecorator => Access({ kind: 'object', permission, param });
