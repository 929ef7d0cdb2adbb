import { type ReflectableDecorator, Reflector } from '@nestjs/core';
import type { PermissionName } from './permission-name.js';

/** What is demanded: all of these permissions, or any of them. */
export interface Demand {
  readonly permissions: readonly PermissionName[];
  readonly any?: true;
}

/** A second factor, in the session that calls. */
export interface TwoFactorDemand {
  /** Proved within `REAUTHENTICATION_WINDOW`. */
  readonly recent?: boolean;
  /** API keys pass all the same. */
  readonly apiKeys?: boolean;
}

/** A fresh proof; strongest: by a second factor of who has one. */
export type Recency = boolean | 'strongest';

/** Who may call a route. Exactly one stands on each; a method's beats its class's. */
export type AccessRule = (
  | { readonly kind: 'public' }
  | {
      readonly kind: 'login';
      readonly recent?: Recency;
      readonly anonymous?: boolean;
      readonly enrollment?: boolean;
    }
  | ({ readonly kind: 'permission'; readonly recent?: Recency } & Demand)
  | ({ readonly kind: 'object'; readonly param: string; readonly recent?: Recency } & Demand)
) & {
  readonly twoFactor?: TwoFactorDemand;
  /** Whether API keys pass. Absent: where a permission is demanded, which their scopes narrow, and nowhere else. */
  readonly apiKeys?: boolean;
};

export const Access = Reflector.createDecorator<AccessRule>();

/** What stands beside a rule, and is part of it from then on. */
export const TwoFactor = Reflector.createDecorator<TwoFactorDemand>();

type Target = Parameters<Reflector['get']>[1];

const known = new WeakMap<object, Map<unknown, AccessRule | undefined>>();

/** The rule of a method, or else of its class; undefined: somebody forgot it, and nobody may pass. */
export function accessRuleOf(
  reflector: Reflector,
  method: Target,
  controller: Target,
): AccessRule | undefined {
  let rules = known.get(controller);
  if (rules === undefined) {
    known.set(controller, (rules = new Map<unknown, AccessRule | undefined>()));
  }
  if (!rules.has(method)) rules.set(method, readRule(reflector, [method, controller]));
  return rules.get(method);
}

function readRule(reflector: Reflector, targets: readonly Target[]): AccessRule | undefined {
  const rule = nearest(reflector, Access, targets);
  const twoFactor = nearest(reflector, TwoFactor, targets);
  if (twoFactor === undefined) return rule;
  return { ...(rule ?? { kind: 'login' }), twoFactor };
}

function nearest<T>(
  reflector: Reflector,
  decorator: ReflectableDecorator<T>,
  targets: readonly Target[],
): T | undefined {
  for (const target of targets) {
    // Nest's types promise a value; a route that was left without one is the very case that matters.
    const value = reflector.get(decorator, target) as T | undefined;
    if (value !== undefined) return value;
  }
  return undefined;
}

/** What the rule demands to be held; nothing where it is enough to be somebody. */
export const demandedBy = (rule: AccessRule): readonly PermissionName[] =>
  'permissions' in rule ? rule.permissions : [];

/** Whether API keys may pass at all. They prove nothing recently, whatever is said. */
export const admitsApiKeys = (rule: AccessRule): boolean => {
  if (rule.kind === 'public') return true;
  if (rule.recent) return false;
  return rule.apiKeys ?? rule.kind !== 'login';
};
