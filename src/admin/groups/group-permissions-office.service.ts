import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { PermissionName } from '../../access/permission-name.js';
import { NotFound } from '../../common/failures.js';
import { AuthorityService } from '../../permissions/authority.service.js';
import { FactsService, type Given } from '../../permissions/holding/facts.service.js';
import { type Expiry, RightsService } from '../../permissions/holding/rights.service.js';
import { endsOf, type Errand } from '../errand.js';
import { GroupDesk } from './group-desk.service.js';

/** What a group holds on every object of a kind. Whoever gives a permission, or takes it, holds it. */
@Injectable()
export class GroupPermissionsOffice {
  constructor(
    private readonly desk: GroupDesk,
    private readonly facts: FactsService,
    private readonly rights: RightsService,
    private readonly authority: AuthorityService,
  ) {}

  /** @throws NotFound, BeyondOwnRights */
  async give(
    errand: Errand,
    groupId: string,
    permission: PermissionName,
    expiresAt: Expiry,
  ): Promise<void> {
    await this.desk.edit(errand, groupId, async (edit) => {
      const { manager, asker } = edit;
      await this.authority.mayGive(asker, [permission], undefined, manager, expiresAt);
      const before = await this.held(manager, groupId, permission);
      await this.rights.give(manager, holder(groupId), permission, expiresAt);
      await this.desk.record(edit, {
        action: 'permission_given',
        subjectId: groupId,
        details: { permission, ...endsOf({ before, after: { expiresAt } }) },
      });
    });
  }

  /** @throws NotFound, BeyondOwnRights */
  async take(errand: Errand, groupId: string, permission: PermissionName): Promise<void> {
    await this.desk.edit(errand, groupId, async (edit) => {
      const { manager, asker } = edit;
      const before = await this.held(manager, groupId, permission);
      if (before === undefined) throw new NotFound();
      await this.authority.mayGive(asker, [permission], undefined, manager);
      await this.rights.take(manager, holder(groupId), permission);
      await this.desk.record(edit, {
        action: 'permission_taken',
        subjectId: groupId,
        details: { permission, ...endsOf({ before }) },
      });
    });
  }

  private async held(
    manager: EntityManager,
    groupId: string,
    permission: PermissionName,
  ): Promise<Given | undefined> {
    const given = await this.facts.given(holder(groupId), manager);
    return given.find((each) => each.permission === permission);
  }
}

const holder = (id: string) => ({ type: 'group', id }) as const;
