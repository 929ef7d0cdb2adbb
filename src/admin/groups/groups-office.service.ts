import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { canonicalName } from '../../common/canonical-name.js';
import type { Page } from '../../common/paging.js';
import { AuthorityService } from '../../permissions/authority.service.js';
import {
  ANONYMOUS_GROUP,
  Group,
  groupPermissions,
} from '../../permissions/holding/group.entity.js';
import { type GroupFields, GroupsService } from '../../permissions/holding/groups.service.js';
import { AnonymousGroupFixed } from '../../permissions/permissions.errors.js';
import { type Asker, PermissionsService } from '../../permissions/permissions.service.js';
import type { Errand } from '../errand.js';
import { GroupDesk, type GroupEdit } from './group-desk.service.js';
import type { GroupChangesDto, GroupQuery, NewGroupDto } from './group.dto.js';

/** Groups as such. Whoever renames or deletes one holds all that it gives: it is not above them. */
@Injectable()
export class GroupsOffice {
  constructor(
    private readonly dataSource: DataSource,
    private readonly desk: GroupDesk,
    private readonly groups: GroupsService,
    private readonly permissions: PermissionsService,
    private readonly authority: AuthorityService,
  ) {}

  /** Those that the asker may view. */
  list(asker: Asker, { name, ...page }: GroupQuery): Promise<Page<Group>> {
    const query = this.dataSource.getRepository(Group).createQueryBuilder('held');
    if (name !== undefined) {
      query.where('held.name_canonical = :name', { name: canonicalName(name) }); // groups_name_canonical_key
    }
    return this.permissions.visiblePage(query, asker, groupPermissions.view, page);
  }

  /** @throws GroupNameTaken */
  create(errand: Errand, { name, description = '' }: NewGroupDto): Promise<Group> {
    return this.dataSource.transaction(async (manager) => {
      const group = await this.groups.create(manager, { name, description });
      await this.desk.record(
        { manager, errand },
        {
          action: 'group_created',
          subjectId: group.id,
          details: { after: fieldsOf(group) },
        },
      );
      return group;
    });
  }

  /** @throws NotFound, AnonymousGroupFixed, BeyondOwnRights, GroupNameTaken */
  change(errand: Errand, id: string, changes: GroupChangesDto): Promise<Group> {
    return this.desk.edit(errand, id, async (edit) => {
      const { manager, group, asker } = edit;
      const before = fieldsOf(group);
      const after = withChanges(before, changes);
      if (isDeepStrictEqual(before, after)) return group;
      const isFixed = after.name !== before.name || after.requiresTwoFactor;
      if (id === ANONYMOUS_GROUP && isFixed) throw new AnonymousGroupFixed();
      await this.authority.mayGiveMembership(asker, id, manager);
      const changed = await this.groups.change(manager, group, after);
      await this.desk.record(edit, {
        action: 'group_changed',
        subjectId: id,
        details: { before, after },
      });
      return changed;
    });
  }

  /** @throws NotFound, AnonymousGroupFixed, BeyondOwnRights */
  remove(errand: Errand, id: string): Promise<void> {
    const work = async (edit: GroupEdit): Promise<void> => {
      if (id === ANONYMOUS_GROUP) throw new AnonymousGroupFixed();
      await this.authority.mayGiveMembership(edit.asker, id, edit.manager);
      await this.groups.remove(edit.manager, edit.group);
      await this.desk.record(edit, {
        action: 'group_deleted',
        subjectId: id,
        details: { before: fieldsOf(edit.group) },
      });
    };
    return this.desk.edit(errand, id, work, groupPermissions.delete);
  }
}

const fieldsOf = ({ name, description, requiresTwoFactor }: GroupFields) => ({
  name,
  description,
  requiresTwoFactor,
});

const withChanges = (before: GroupFields, changes: GroupChangesDto): GroupFields => ({
  name: changes.name ?? before.name,
  description: changes.description ?? before.description,
  requiresTwoFactor: changes.requiresTwoFactor ?? before.requiresTwoFactor,
});
