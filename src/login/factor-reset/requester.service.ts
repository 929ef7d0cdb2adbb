import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AuthorityService } from '../../permissions/authority.service.js';
import { BeyondOwnRights } from '../../permissions/permissions.errors.js';
import { PermissionsService } from '../../permissions/permissions.service.js';
import type { PendingReset } from '../../two-factor/two-factor-resets.service.js';
import { User } from '../../users/user.entity.js';
import { userPermissions } from '../../users/users.permissions.js';

/** Whether whoever asked for a reset might still ask for it: days later she may be gone, or the other one be promoted. */
@Injectable()
export class RequesterService {
  constructor(
    private readonly permissions: PermissionsService,
    private readonly authority: AuthorityService,
  ) {}

  async mayStill(
    manager: EntityManager,
    { requestedBy }: Pick<PendingReset, 'requestedBy'>,
    user: User,
  ): Promise<boolean> {
    if (requestedBy === null) return false;
    const found = await manager.getRepository(User).findOneBy({ id: requestedBy, isActive: true }); // users_pkey
    if (found === null) return false;
    const asker = { user: found };
    const needed = [userPermissions.reset_two_factor];
    if (await this.permissions.missingWithin(manager, asker, needed, user.id)) return false;
    try {
      await this.authority.mayEdit(asker, user, manager);
      return true;
    } catch (error) {
      if (error instanceof BeyondOwnRights) return false;
      throw error;
    }
  }
}
