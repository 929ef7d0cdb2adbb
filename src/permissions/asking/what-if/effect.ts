import type { PermissionName } from '../../../access/permission-name.js';
import type { Holder } from '../../holding/rights.service.js';
import type { Change } from './change.js';

/** Counting ends here: what there is more is `more`. */
export const COUNTED = 10_000;

export interface Count {
  readonly count: number;
  readonly more: boolean;
}

export interface MovedObjects extends Count {
  readonly permission: PermissionName;
}

export interface Moved<T> {
  readonly gained: readonly T[];
  readonly lost: readonly T[];
}

/** What a change would do to the one whose rights it changes. */
export interface Effect {
  /** A user, or a group: what its members have through it. */
  readonly subject: Holder & { readonly name: string };
  /** On every object of their kinds. */
  readonly permissions: Moved<PermissionName>;
  /** On single objects, where the permission is not held on every object, neither before nor after. */
  readonly objects: Moved<MovedObjects>;
  /** How many are in the group, directly or through groups in it; null: it is about a user. */
  readonly users: Count | null;
}

export const counted = (found: number): Count => ({
  count: Math.min(found, COUNTED),
  more: found > COUNTED,
});

/** @param names of those whom the change concerns, in the order of `concernedBy`. */
export function effectInWords(change: Change, effect: Effect, names: readonly string[]): string {
  const { permissions, objects } = effect;
  const whom = effect.users === null ? 'them' : `its members (${inWords(effect.users, 'user')})`;
  const taken = amount(permissions.lost, objects.lost);
  const given = amount(permissions.gained, objects.gained);
  const effects = [
    ...(taken === '' ? [] : [`takes ${taken} from ${whom}`]),
    ...(given === '' ? [] : [`gives ${given} to ${whom}`]),
  ];
  return `${doing(change, names)} ${effects.join(' and ') || 'changes nothing'}.`;
}

function amount(permissions: readonly PermissionName[], objects: readonly MovedObjects[]): string {
  const onObjects = {
    count: objects.reduce((sum, { count }) => sum + count, 0),
    more: objects.some(({ more }) => more),
  };
  const parts = [
    ...(permissions.length === 0 ? [] : [inWords(counted(permissions.length), 'permission')]),
    ...(onObjects.count === 0 ? [] : [`${inWords(onObjects, 'permission')} on single objects`]),
  ];
  return parts.join(' and ');
}

function inWords({ count, more }: Count, thing: string): string {
  const number = count.toLocaleString('en');
  return `${more ? 'more than ' : ''}${number} ${thing}${count === 1 && !more ? '' : 's'}`;
}

type Doing = Readonly<Record<Change['kind'], (first: string, second: string) => string>>;

const DOING: Doing = {
  add_member: (user, group) => `Adding ${user} to ${group}`,
  remove_member: (user, group) => `Removing ${user} from ${group}`,
  include_group: (included, group) => `Including ${included} in ${group}`,
  exclude_group: (included, group) => `Taking ${included} out of ${group}`,
  give_permission: (subject, permission) => `Giving ${permission} to ${subject}`,
  take_permission: (subject, permission) => `Taking ${permission} from ${subject}`,
  grant_object_permission: (subject, permission) =>
    `Granting ${permission} on one object to ${subject}`,
  revoke_object_permission: (subject, permission) =>
    `Revoking ${permission} on one object from ${subject}`,
  delete_group: (group) => `Deleting ${group}`,
  deactivate_user: (user) => `Deactivating ${user}`,
  make_superuser: (user) => `Making ${user} a superuser`,
  unmake_superuser: (user) => `Making ${user} a superuser no longer`,
};

function doing(change: Change, [first = '', second = '']: readonly string[]): string {
  return DOING[change.kind](first, 'permission' in change ? change.permission : second);
}
