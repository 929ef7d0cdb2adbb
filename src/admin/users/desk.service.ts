import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { InvalidToken } from '../../access/access.errors.js';
import type { PermissionName } from '../../access/permission-name.js';
import type { Principal } from '../../access/principal.js';
import { NotFound, PermissionDenied } from '../../common/failures.js';
import { AuthorityService } from '../../permissions/authority.service.js';
import type { Expiry } from '../../permissions/holding/rights.service.js';
import { BeyondOwnRights } from '../../permissions/permissions.errors.js';
import { PermissionsService } from '../../permissions/permissions.service.js';
import { lockUsers } from '../../users/lock-user.js';
import type { User } from '../../users/user.entity.js';
import { userPermissions } from '../../users/users.permissions.js';

/** An account on the desk: who sits there, and whose it is, both as they are now and stay until it is done. */
export interface Edit {
  readonly manager: EntityManager;
  readonly asker: Principal & { readonly user: User };
  readonly user: User;
}

/**
 * Every change of somebody else's account goes over this desk. Both rows are locked before anything is decided: whoever
 * is promoted meanwhile was promoted before or after, and whoever was demoted decides nothing any more.
 */
@Injectable()
export class DeskService {
  /** What it takes to change an account of this desk. */
  protected readonly demanded: PermissionName = userPermissions.change;

  constructor(
    protected readonly dataSource: DataSource,
    protected readonly permissions: PermissionsService,
    protected readonly authority: AuthorityService,
  ) {}

  /** Does it in one transaction, if the asker may change this user. @throws as `lay` and `assertMayEdit` */
  edit<T>(asker: Principal, userId: string, work: (edit: Edit) => Promise<T>): Promise<T> {
    return this.lay(asker, userId, async (edit) => {
      await this.assertMayEdit(edit);
      return work(edit);
    });
  }

  /** Does it in one transaction, whoever asks: whether she may is for the work to see to. @throws InvalidToken, NotFound */
  async lay<T>(asker: Principal, userId: string, work: (edit: Edit) => Promise<T>): Promise<T> {
    return this.dataSource.transaction(async (manager) => {
      const locked = await lockUsers(manager, [asker.user.id, userId]);
      const own = locked.get(asker.user.id);
      if (!own?.isActive) throw new InvalidToken();
      const user = locked.get(userId.toLowerCase());
      if (user === undefined || !this.handles(user)) throw new NotFound();
      return work({ manager, asker: { ...asker, user: own }, user });
    });
  }

  /** The door asked what was remembered; this asks what is. @throws PermissionDenied, BeyondOwnRights */
  async assertMayEdit({ manager, asker, user }: Edit, permission = this.demanded): Promise<void> {
    if (await this.permissions.missingWithin(manager, asker, [permission], user.id)) {
      throw new PermissionDenied();
    }
    await this.authority.mayEdit(asker, user, manager);
  }

  /** Nobody decides about her own rights, whatever she holds. @throws BeyondOwnRights */
  assertNotOwn({ asker, user }: Edit): void {
    if (asker.user.id !== user.id) return;
    throw new BeyondOwnRights({ detail: 'Nobody changes their own rights.' });
  }

  /** People. A service account is none: it has a desk of its own. */
  protected handles(user: User): boolean {
    return !user.isServiceAccount;
  }

  /** @throws BeyondOwnRights */
  async assertMayGive(edit: Edit, permission: PermissionName, expiresAt?: Expiry): Promise<void> {
    await this.authority.mayGive(edit.asker, [permission], undefined, edit.manager, expiresAt);
  }
}
