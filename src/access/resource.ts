import { type ResourceName, known, type PermissionName } from './permission-name.js';

const marks = new Map<ResourceName, Entity>();
const conditions = new Map<ResourceName, string>();

type Entity = abstract new () => object;

/**
 * Marks an entity as the table of a kind of thing whose single objects permissions can be granted on. It needs a
 * `uuid` primary key. Deleting a row deletes its grants in the same transaction.
 *
 * @param permissions what `definePermissions` has made.
 * @param where in SQL, which of its rows are such things; without it: all.
 */
export function Resource(
  permissions: { readonly view: PermissionName },
  where?: string,
): ClassDecorator {
  return (target) => {
    const { name } = known(permissions.view);
    if (marks.has(name)) throw new Error(`Two entities claim to be "${name}"`);
    marks.set(name, target as unknown as Entity);
    if (where !== undefined) conditions.set(name, where);
  };
}

/** The entity of each kind of thing that has one. */
export const markedResources = (): ReadonlyMap<ResourceName, Entity> => marks;

/** Which rows of its table are things of this kind, in SQL. */
export const conditionOf = (name: ResourceName): string => conditions.get(name) ?? 'true';
