import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { PermissionName } from '../../access/permission-name.js';
import type { Happening } from '../../audit/audit-event.js';
import { AuditService } from '../../audit/audit.service.js';
import { PermissionDenied } from '../../common/failures.js';
import { Group, groupPermissions } from '../../permissions/holding/group.entity.js';
import { GroupsService } from '../../permissions/holding/groups.service.js';
import { type Asker, PermissionsService } from '../../permissions/permissions.service.js';
import { doneBy, type Errand, renewed } from '../errand.js';

/** A group on the desk: it stays as it is until the work is done. */
export interface GroupEdit {
  readonly manager: EntityManager;
  readonly group: Group;
  readonly errand: Errand;
  readonly asker: Asker;
}

type Deed = Pick<Happening, 'action' | 'subjectId' | 'details'>;

/** Every change of a group, and of what it holds and contains, goes over this desk: one at a time. */
@Injectable()
export class GroupDesk {
  constructor(
    private readonly dataSource: DataSource,
    private readonly groups: GroupsService,
    private readonly permissions: PermissionsService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Does it in one transaction. The door asked what was remembered of who asks; this asks what is.
   *
   * @throws NotFound, PermissionDenied, InvalidToken
   */
  edit<T>(
    errand: Errand,
    groupId: string,
    work: (edit: GroupEdit) => Promise<T>,
    demanded: PermissionName = groupPermissions.change,
  ): Promise<T> {
    return this.dataSource.transaction(async (manager) => {
      const group = await this.groups.lock(manager, groupId);
      const now = await renewed(errand, manager);
      if (await this.permissions.missingWithin(manager, now.asker, [demanded], groupId)) {
        throw new PermissionDenied();
      }
      return work({ manager, group, errand: now, asker: now.asker });
    });
  }

  /** Tells the log book, in the same transaction. */
  record({ manager, errand }: Pick<GroupEdit, 'manager' | 'errand'>, deed: Deed): Promise<void> {
    return this.audit.record(manager, { ...doneBy(errand), ...deed });
  }
}
