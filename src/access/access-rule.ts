import { Reflector } from '@nestjs/core';
import type { PermissionName } from './permission-name.js';

/** What is demanded: all of these permissions, or any of them. */
export interface Demand {
  readonly permissions: readonly PermissionName[];
  readonly any?: true;
}

/** Who may call a route. Exactly one stands on each; a method's beats its class's. */
export type AccessRule =
  | { readonly kind: 'public' }
  | {
      readonly kind: 'login';
      readonly recent?: boolean | 'strongest';
      readonly anonymous?: boolean;
      readonly enrollment?: boolean;
    }
  | ({ readonly kind: 'permission'; readonly recent?: boolean } & Demand)
  | ({ readonly kind: 'object'; readonly param: string; readonly recent?: boolean } & Demand);

export const Access = Reflector.createDecorator<AccessRule>();

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
  for (const target of targets) {
    // Nest's types promise a rule; a route that was left without one is the very case that matters.
    const rule = reflector.get<AccessRule | undefined>(Access.KEY, target);
    if (rule !== undefined) return rule;
  }
  return undefined;
}

/** What the rule demands to be held; nothing where it is enough to be somebody. */
export const demandedBy = (rule: AccessRule): readonly PermissionName[] =>
  'permissions' in rule ? rule.permissions : [];
