/**
 * What the permissions of this house mean, as plainly as it can be said: nested loops over the facts. It shares no code
 * with what it is held against.
 */

/** `u0`, `g0`, `everybody`. */
export type Name = string;

export interface Fact {
  readonly until: Date | null;
}

export interface World {
  readonly users: readonly { readonly active: boolean; readonly superuser: boolean }[];
  readonly groups: number;
  readonly members: readonly (Fact & { readonly group: Name; readonly user: Name })[];
  readonly inclusions: readonly (Fact & { readonly group: Name; readonly included: Name })[];
  /** On an object, which is a user, or on every one. */
  readonly held: readonly (Fact & {
    readonly holder: Name;
    readonly permission: string;
    readonly object: Name | null;
  })[];
  readonly anonymous: boolean;
}

export interface Who {
  /** A user, a group, or `everybody`: who is not signed in. */
  readonly name: Name;
  /** `users.view_user`, or `users.view_user:u0` for one object. Absent: all that she may. */
  readonly scopes?: readonly string[];
}

/** A fact that has ended outweighs every chain of facts that have not. */
export const OVER = 1000;
const NEVER = Infinity;

const weight = ({ until }: Fact, now: Date) => (until !== null && until <= now ? OVER + 1 : 1);

function toEverybody({ anonymous }: World, who: Name): number {
  if (!anonymous) return NEVER;
  return who === 'everybody' ? 0 : 1;
}

/** How far it is from somebody to a group: one for each fact, and `OVER` for each that has ended. */
function toGroup(world: World, who: Name, group: Name, now: Date): number {
  if (group === 'everybody') return toEverybody(world, who);
  if (group === who) return 0;
  const ways: number[] = [];
  for (const fact of world.members) {
    if (fact.group === group && fact.user === who) ways.push(weight(fact, now));
  }
  for (const fact of world.inclusions) {
    if (fact.group !== group) continue;
    ways.push(weight(fact, now) + toGroup(world, who, fact.included, now));
  }
  return Math.min(NEVER, ...ways);
}

/** The same from somebody to a permission, on an object or on all. Below `OVER`: it is held. */
export function cost(
  world: World,
  who: Name,
  permission: string,
  object: Name | null,
  now: Date,
): number {
  let best = NEVER;
  for (const fact of world.held) {
    const isAsked = fact.permission === permission && [null, object].includes(fact.object);
    const isUsers = fact.holder.startsWith('u');
    if (!isAsked || (isUsers && fact.holder !== who)) continue;
    const way = isUsers ? 0 : toGroup(world, who, fact.holder, now);
    best = Math.min(best, weight(fact, now) + way);
  }
  return best;
}

function isInScope(scopes: readonly string[], permission: string, object: Name | null): boolean {
  return scopes.some(
    (scope) => scope === permission || (object !== null && scope === `${permission}:${object}`),
  );
}

/** Why somebody holds nothing at all, or everything. */
export function standing(
  world: World,
  { name, scopes }: Who,
  permission: string,
  object: Name | null,
) {
  const user = name.startsWith('u') ? world.users[Number(name.slice(1))] : undefined;
  if (user?.active === false) return 'inactive';
  if (scopes !== undefined && !isInScope(scopes, permission, object)) return 'scope';
  return user?.superuser ? 'superuser' : 'ordinary';
}

export function allows(
  world: World,
  who: Who,
  permission: string,
  object: Name | null,
  now: Date,
): boolean {
  const stands = standing(world, who, permission, object);
  if (stands !== 'ordinary') return stands === 'superuser';
  return cost(world, who.name, permission, object, now) < OVER;
}
