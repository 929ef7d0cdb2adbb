import { Injectable } from '@nestjs/common';
import { InvalidToken } from '../../access/access.errors.js';
import type { PermissionName } from '../../access/permission-name.js';
import type { Principal } from '../../access/principal.js';
import { PermissionDenied } from '../../common/failures.js';
import { serviceAccountPermissions } from '../../service-accounts/service-accounts.permissions.js';
import { lockUser } from '../../users/lock-user.js';
import type { User } from '../../users/user.entity.js';
import { DeskService, type Edit } from '../users/desk.service.js';

/** Every change of a service account goes over this desk, as those of people go over theirs. */
@Injectable()
export class ServiceAccountDesk extends DeskService {
  protected override readonly demanded = serviceAccountPermissions.change;

  /** Does in one transaction what is about no account yet. @throws InvalidToken, PermissionDenied */
  open<T>(
    asker: Principal,
    permission: PermissionName,
    work: (edit: Omit<Edit, 'user'>) => Promise<T>,
  ): Promise<T> {
    return this.dataSource.transaction(async (manager) => {
      const own = await lockUser(manager, asker.user.id);
      if (!own?.user.isActive) throw new InvalidToken();
      const now = { ...asker, user: own.user };
      if (await this.permissions.missingWithin(manager, now, [permission])) {
        throw new PermissionDenied();
      }
      return work({ manager, asker: now });
    });
  }

  /**
   * Whether the asker may hand out all that the account may do: whoever has a key of it can do it.
   *
   * @param until when the key ends.
   * @throws BeyondOwnRights
   */
  async assertMayActAs(edit: Edit, until: Date): Promise<void> {
    await this.authority.mayActAs(edit.asker, edit.user, edit.manager, until);
  }

  protected override handles(user: User): boolean {
    return user.isServiceAccount;
  }
}
