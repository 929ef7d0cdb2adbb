import { type PermissionName, resourceOf } from '../access/permission-name.js';
import { PermissionUnknown } from './permissions.errors.js';

/** A permission as a caller names it. @throws PermissionUnknown */
export function permissionNamed(text: string): PermissionName {
  if (resourceOf(text) === undefined) throw new PermissionUnknown();
  return text as PermissionName;
}
