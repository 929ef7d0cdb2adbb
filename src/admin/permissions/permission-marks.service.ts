import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { PermissionName } from '../../access/permission-name.js';
import { AuditService } from '../../audit/audit.service.js';
import { NotFound, PermissionDenied } from '../../common/failures.js';
import { permissionPermissions } from '../../permissions/catalogue/permission.entity.js';
import {
  type CataloguePermission,
  StalePermissionsService,
} from '../../permissions/catalogue/stale-permissions.service.js';
import { TwoFactorMarks } from '../../permissions/demands/two-factor-marks.service.js';
import { PermissionsService } from '../../permissions/permissions.service.js';
import { doneBy, type Errand, renewed } from '../errand.js';

/** Says of permissions whether they demand second factors. */
@Injectable()
export class PermissionMarks {
  constructor(
    private readonly dataSource: DataSource,
    private readonly permissions: PermissionsService,
    private readonly marks: TwoFactorMarks,
    private readonly catalogue: StalePermissionsService,
    private readonly audit: AuditService,
  ) {}

  /** The door asked what was remembered of who asks; this asks what is. @throws PermissionDenied, InvalidToken */
  mark(
    errand: Errand,
    permission: PermissionName,
    requiresTwoFactor: boolean,
  ): Promise<CataloguePermission> {
    return this.dataSource.transaction(async (manager) => {
      const before = await this.marks.markPermission(manager, permission, requiresTwoFactor);
      if (before === undefined) throw new NotFound();
      const { asker, caller } = await renewed(errand, manager);
      const { change } = permissionPermissions;
      if (await this.permissions.missingWithin(manager, asker, [change])) {
        throw new PermissionDenied();
      }
      if (before !== requiresTwoFactor) {
        await this.audit.record(manager, {
          ...doneBy({ asker, caller }),
          action: 'permission_changed',
          details: {
            permission,
            before: { requiresTwoFactor: before },
            after: { requiresTwoFactor },
          },
        });
      }
      const found = (await this.catalogue.list(manager)).find(({ name }) => name === permission);
      if (found === undefined) throw new NotFound();
      return found;
    });
  }
}
