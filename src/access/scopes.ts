import { validate as isUuid } from 'uuid';
import { isDefined, type PermissionName } from './permission-name.js';

/** A permission, on every object that its owner holds it on or on one alone. */
export interface Scope {
  readonly permission: PermissionName;
  readonly objectId?: string;
}

/** What a credential may be used for at most. Scopes give nothing: they only ever narrow. */
export class Scopes {
  readonly #everywhere = new Set<PermissionName>();
  readonly #objects = new Map<PermissionName, Set<string>>();

  constructor(scopes: Iterable<Scope>) {
    for (const { permission, objectId } of scopes) {
      if (objectId === undefined) {
        this.#everywhere.add(permission);
        continue;
      }
      const objects = this.#objects.get(permission) ?? new Set();
      this.#objects.set(permission, objects.add(objectId));
    }
  }

  /** Of permissions alone, each on every object. */
  static of(permissions: Iterable<PermissionName>): Scopes {
    return new Scopes(Array.from(permissions, (permission) => ({ permission })));
  }

  /** Whether it may be used on this object; without one: on every object. */
  covers(permission: PermissionName, objectId?: string): boolean {
    if (this.#everywhere.has(permission)) return true;
    return objectId !== undefined && this.#objects.get(permission)?.has(objectId) === true;
  }

  /** Whether it may be used on some object at least. */
  mentions(permission: PermissionName): boolean {
    return this.#everywhere.has(permission) || this.#objects.has(permission);
  }

  /** The only objects that it may be used on; undefined: every object. */
  objectsOf(permission: PermissionName): readonly string[] | undefined {
    if (this.#everywhere.has(permission)) return undefined;
    return [...(this.#objects.get(permission) ?? [])];
  }
}

/** `catalog.view_product`, or `catalog.view_product:<id>` for one object. */
export const scopeText = ({ permission, objectId }: Scope): string =>
  objectId === undefined ? permission : `${permission}:${objectId}`;

/** Undefined: it names no permission that there is, or no object. */
export function parseScope(text: string): Scope | undefined {
  const [permission = '', objectId, ...more] = text.split(':');
  if (!isDefined(permission) || more.length > 0) return undefined;
  if (objectId === undefined) return { permission };
  return isUuid(objectId) ? { permission, objectId: objectId.toLowerCase() } : undefined;
}
