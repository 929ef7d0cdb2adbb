import type { Managed } from '../../users/managed-users.service.js';
import type { User } from '../../users/user.entity.js';

type Plain = string | boolean | null;

/** What is to be different from what it is, field by field. */
export interface Changes {
  readonly changed: Managed;
  readonly before: Readonly<Record<string, Plain>>;
  readonly after: Readonly<Record<string, Plain>>;
}

/**
 * What a wish changes of a user. To say of somebody what she is already changes nothing, and so needs no right. One
 * exception: whoever closed her own account may come back; told that it is not active, she may not.
 */
export function changesOf(user: User, wanted: Managed): Changes {
  const fields = Object.keys(wanted) as (keyof Managed)[];
  const different = fields.filter(
    (field) => wanted[field] !== undefined && (wanted[field] !== user[field] || bars(user, field)),
  );
  return {
    changed: pick(wanted, different),
    before: pick(user, different),
    after: pick(wanted, different),
  };
}

const bars = (user: User, field: keyof Managed): boolean =>
  field === 'isActive' && !user.isActive && user.leftAt !== null;

const pick = (from: Managed, fields: readonly (keyof Managed)[]): Managed =>
  Object.fromEntries(fields.map((field) => [field, from[field]]));
