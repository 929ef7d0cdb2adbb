import type { PermissionName } from '../../access/permission-name.js';
import type { ObjectPermission } from './object-permission.entity.js';
import type { Holder } from './rights.service.js';

/** A permission on one object. Its kind is that of the permission. */
export interface Grant {
  readonly subject: Holder;
  readonly permission: PermissionName;
  readonly objectId: string;
}

/** A grant as it stands in the table. */
export interface StoredGrant extends Grant {
  readonly id: string;
  readonly expiresAt: Date | null;
  readonly createdAt: Date;
}

/** Whose grants, or on what; at least one of the three ids. */
export interface GrantFilter {
  readonly userId?: string | undefined;
  readonly groupId?: string | undefined;
  readonly objectId?: string | undefined;
  readonly permission?: PermissionName | undefined;
}

/** @throws Error for a row that has no holder: a constraint forbids it. */
export function storedGrant(row: ObjectPermission, permission: PermissionName): StoredGrant {
  const { id, objectId, expiresAt, createdAt } = row;
  return { id, subject: holderOf(row), permission, objectId, expiresAt, createdAt };
}

function holderOf({ userId, groupId }: ObjectPermission): Holder {
  if (userId !== null) return { type: 'user', id: userId };
  if (groupId !== null) return { type: 'group', id: groupId };
  throw new Error('A grant has no holder');
}
