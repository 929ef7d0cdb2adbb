import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { NotFound } from '../../common/failures.js';
import { ANONYMOUS_GROUP, groupPermissions } from '../../permissions/holding/group.entity.js';
import type { Holder } from '../../permissions/holding/rights.service.js';
import { AnonymousGroupFixed, SubjectInactive } from '../../permissions/permissions.errors.js';
import { type Asker, PermissionsService } from '../../permissions/permissions.service.js';
import { userPermissions } from '../../users/users.permissions.js';
import { Recipients } from '../recipients.service.js';

/** Who can answer for a service account. */
@Injectable()
export class Responsibles {
  constructor(
    private readonly recipients: Recipients,
    private readonly permissions: PermissionsService,
  ) {}

  /**
   * Somebody active, or a group, that the asker may view; herself in any case. They stay until the transaction ends.
   *
   * @throws NotFound, SubjectInactive, AnonymousGroupFixed
   */
  async assertCanBe(manager: EntityManager, asker: Asker, { type, id }: Holder): Promise<void> {
    const view = type === 'user' ? userPermissions.view : groupPermissions.view;
    const isSelf = type === 'user' && id === asker?.user.id;
    if (!isSelf && (await this.permissions.missingWithin(manager, asker, [view], id))) {
      throw new NotFound({ detail: NOBODY });
    }
    if (type === 'user') return this.assertPerson(manager, id);
    if (id === ANONYMOUS_GROUP) throw new AnonymousGroupFixed();
    await this.recipients.lockGroup(manager, id);
  }

  private async assertPerson(manager: EntityManager, id: string): Promise<void> {
    const user = await this.recipients.lockUser(manager, id);
    if (user.isServiceAccount) throw new NotFound({ detail: NOBODY });
    if (!user.isActive) throw new SubjectInactive();
  }
}

const NOBODY = 'Whoever is to be responsible is not there, or not visible to you.';
