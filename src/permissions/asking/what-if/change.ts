import type { PermissionName } from '../../../access/permission-name.js';
import type { Holder } from '../../holding/rights.service.js';

/** A change of rights that is thought of. */
export type Change =
  | {
      readonly kind: 'add_member' | 'remove_member';
      readonly groupId: string;
      readonly userId: string;
    }
  | {
      readonly kind: 'include_group' | 'exclude_group';
      readonly groupId: string;
      readonly includedId: string;
    }
  | ({ readonly kind: 'give_permission' | 'take_permission' } & Given)
  | ({
      readonly kind: 'grant_object_permission' | 'revoke_object_permission';
      readonly objectId: string;
    } & Given)
  | { readonly kind: 'delete_group'; readonly groupId: string }
  | {
      readonly kind: 'deactivate_user' | 'make_superuser' | 'unmake_superuser';
      readonly userId: string;
    };

interface Given {
  readonly subject: Holder;
  readonly permission: PermissionName;
}

/** Everybody whom it names, the one whose rights it changes first: a user, or a group for its members. */
export function concernedBy(change: Change): readonly [Holder, ...Holder[]] {
  if ('subject' in change) return [change.subject];
  if ('includedId' in change) return [group(change.includedId), group(change.groupId)];
  if (change.kind === 'delete_group') return [group(change.groupId)];
  return 'groupId' in change ? [user(change.userId), group(change.groupId)] : [user(change.userId)];
}

const user = (id: string): Holder => ({ type: 'user', id });
const group = (id: string): Holder => ({ type: 'group', id });
