import { Injectable } from '@nestjs/common';
import type { Principal } from '../../access/principal.js';
import type { Page } from '../../common/paging.js';
import { PermissionsService } from '../../permissions/permissions.service.js';
import { ManagedUsersService } from '../../users/managed-users.service.js';
import type { User } from '../../users/user.entity.js';
import { userPermissions } from '../../users/users.permissions.js';
import { UsersService } from '../../users/users.service.js';
import type { UsersQuery } from './users-query.dto.js';

/** Finds users, as far as somebody may view them. */
@Injectable()
export class UserDirectoryService {
  constructor(
    private readonly users: UsersService,
    private readonly managed: ManagedUsersService,
    private readonly permissions: PermissionsService,
  ) {}

  async find(asker: Principal, query: UsersQuery): Promise<Page<User>> {
    if (query.email !== undefined) return this.findOne(asker, query.email, query);
    const { view } = userPermissions;
    return this.permissions.visiblePage(this.managed.find(query), asker, view, query);
  }

  private async findOne(asker: Principal, email: string, flags: UsersQuery): Promise<Page<User>> {
    const found = await this.users.findByEmail(email);
    const seen = found && (await this.permissions.sees(asker, userPermissions.view, found.user.id));
    const isAsked =
      seen && FLAGS.every((flag) => flags[flag] === undefined || flags[flag] === found.user[flag]);
    return { items: isAsked ? [found.user] : [], nextCursor: null };
  }
}

const FLAGS = ['isActive', 'isStaff', 'isSuperuser'] as const;
