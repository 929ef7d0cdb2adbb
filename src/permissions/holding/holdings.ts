import type { PermissionName } from '../../access/permission-name.js';

/** Milliseconds since the epoch until which something is held; `Infinity`: it does not end by itself. */
export type Until = number;

/** What somebody holds on every object, and the groups that hold for her, the containing ones included. */
export interface Holdings {
  readonly permissions: ReadonlyMap<PermissionName, Until>;
  readonly groups: ReadonlyMap<string, Until>;
}

/** Whether it is still held. */
export const lasts = (until: Until | undefined, now: number): boolean =>
  until !== undefined && until > now;

/** The groups that hold now. */
export const groupsAt = ({ groups }: Holdings, now: number): string[] =>
  [...groups].filter(([, until]) => until > now).map(([id]) => id);

/** Puts down the later end of two. */
export function keepLatest<K>(map: Map<K, Until>, key: K, until: Until): void {
  map.set(key, Math.max(map.get(key) ?? -Infinity, until));
}
