import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Actor } from '../access/principal.js';
import { NotFound } from '../common/failures.js';
import { Group } from '../permissions/holding/group.entity.js';
import type { Holder } from '../permissions/holding/rights.service.js';
import { SubjectInactive } from '../permissions/permissions.errors.js';
import { type Asker, PermissionsService } from '../permissions/permissions.service.js';
import { User } from '../users/user.entity.js';
import { SubjectViews } from './subject-views.service.js';

/** Those to whom something is given. */
@Injectable()
export class Recipients {
  constructor(
    private readonly permissions: PermissionsService,
    private readonly views: SubjectViews,
  ) {}

  /** Whoever may not view somebody is not told whether there is one. Before a transaction. @throws NotFound */
  async mustSee(asker: Asker, subject: Holder): Promise<void> {
    const { permission, objectId } = await this.views.of(subject);
    if (!(await this.permissions.allows(asker, permission, objectId))) throw new NotFound();
  }

  /** A user who is there, and active, and stays until this transaction ends. @throws NotFound, SubjectInactive */
  async lockActive(manager: EntityManager, id: string): Promise<Actor> {
    const user = await this.lockUser(manager, id);
    if (!user.isActive) throw new SubjectInactive();
    return user;
  }

  /** @throws NotFound */
  async lockUser(manager: EntityManager, id: string): Promise<User> {
    const query = manager.getRepository(User).createQueryBuilder('subject');
    const user = await query.setLock('for_key_share').where({ id }).getOne(); // users_pkey
    if (user === null) throw new NotFound();
    return user;
  }

  /** @throws NotFound */
  async lockGroup(manager: EntityManager, id: string): Promise<void> {
    const query = manager.getRepository(Group).createQueryBuilder('subject');
    const group = await query.setLock('for_key_share').where({ id }).getOne(); // groups_pkey
    if (group === null) throw new NotFound();
  }
}
