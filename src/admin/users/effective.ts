import type { PermissionName } from '../../access/permission-name.js';
import { grouped } from '../../common/grouped.js';
import type { NamedGroup, Source } from '../../permissions/holding/sources.service.js';
import type { Asker } from '../../permissions/permissions.service.js';

/** One reason for which somebody holds a permission. */
export interface Sourced {
  readonly type: 'direct' | 'group' | 'superuser';
  readonly through: readonly NamedGroup[];
  readonly expiresAt: Date | null;
}

export interface EffectivePermission {
  readonly permission: PermissionName;
  /** When the last reason ends. */
  readonly expiresAt: Date | null;
  readonly sources: readonly Sourced[];
}

/** What somebody holds on all objects of a kind, and why. */
export interface Rights {
  readonly isSuperuser: boolean;
  readonly direct: readonly Pick<Source, 'permission' | 'expiresAt'>[];
  readonly effective: readonly EffectivePermission[];
}

/** Whose rights, and how narrowly. */
export interface Holder {
  readonly isActive: boolean;
  readonly isSuperuser: boolean;
  readonly scopes?: NonNullable<Asker>['scopes'];
}

/**
 * By the rule of all authorization: whoever is not active holds nothing, a superuser everything, scopes narrow.
 *
 * @param all every permission there is
 */
export function rightsOf(
  { isActive, isSuperuser, scopes }: Holder,
  facts: readonly Source[],
  all: readonly PermissionName[],
): Rights {
  const inScope = ({ permission }: { readonly permission: PermissionName }) =>
    scopes?.covers(permission) !== false;
  const reasons = [
    ...(isSuperuser ? all.map((permission) => ({ permission, source: SUPERUSER })) : []),
    ...facts.map(({ permission, through, expiresAt }) => {
      const type = through.length === 0 ? 'direct' : 'group';
      return { permission, source: { type, through, expiresAt } as const };
    }),
  ].filter((reason) => isActive && inScope(reason));
  const effective = [...grouped(reasons, ({ permission }) => permission)]
    .map(([permission, given]) => {
      const sources = given.map(({ source }) => source);
      return { permission, expiresAt: latestOf(sources), sources };
    })
    .sort((a, b) => (a.permission < b.permission ? -1 : 1));
  return {
    isSuperuser: isActive && isSuperuser && scopes === undefined,
    direct: facts.filter((fact) => fact.through.length === 0 && inScope(fact)),
    effective,
  };
}

const SUPERUSER: Sourced = { type: 'superuser', through: [], expiresAt: null };

const latestOf = (sources: readonly Sourced[]): Date | null =>
  sources.map(({ expiresAt }) => expiresAt).reduce((a, b) => (a && b ? (a > b ? a : b) : null));
