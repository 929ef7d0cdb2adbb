import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { known, type PermissionName, viewOf } from '../../access/permission-name.js';
import { conditionOf, markedResources } from '../../access/resource.js';
import { NotFound, ValidationFailed } from '../../common/failures.js';
import type { Grant } from '../../permissions/holding/grant.js';
import { type Asker, PermissionsService } from '../../permissions/permissions.service.js';

/** The objects on which something is granted, of whatever kind they are. */
@Injectable()
export class GuardedObjects {
  constructor(
    private readonly dataSource: DataSource,
    private readonly permissions: PermissionsService,
  ) {}

  /**
   * Its kind must be that of the permission, and one that has single objects.
   *
   * @param place of the grant in the body: empty, or `3.`
   * @throws ValidationFailed
   */
  assertKind(permission: PermissionName, type: string, place = ''): void {
    const { name } = known(permission);
    if (type !== name) {
      const message = `The permission \`${permission}\` is one on ${name}.`;
      throw refused(place, { code: 'wrong_kind', message });
    }
    if (this.tableOf(permission) === undefined) {
      const message = `Nothing is granted on single objects of the kind ${name}.`;
      throw refused(place, { code: 'no_objects', message });
    }
  }

  /** Whoever may not view something is not told whether it is there. @throws NotFound */
  async mustSee(
    asker: Asker,
    { permission, objectId }: Grant,
    manager = this.dataSource.manager,
  ): Promise<void> {
    const view = [viewOf(permission)];
    if (await this.permissions.missingWithin(manager, asker, view, objectId)) throw new NotFound();
  }

  /** It is there, and stays until this transaction ends: its end would miss a grant that is on the way. @throws NotFound */
  async lock(manager: EntityManager, { permission, objectId }: Grant): Promise<void> {
    const table = this.tableOf(permission);
    if (table === undefined) throw new NotFound();
    // Index: the primary key of the table
    const found = await manager.query<unknown[]>(
      `SELECT 1 FROM ${table} WHERE id = $1 AND ${conditionOf(known(permission).name)} FOR KEY SHARE`,
      [objectId],
    );
    if (found.length === 0) throw new NotFound();
  }

  private tableOf(permission: PermissionName): string | undefined {
    const entity = markedResources().get(known(permission).name);
    if (entity === undefined || !this.dataSource.hasMetadata(entity)) return undefined;
    return this.dataSource.driver.escape(this.dataSource.getMetadata(entity).tableName);
  }
}

const refused = (place: string, complaint: { readonly code: string; readonly message: string }) =>
  new ValidationFailed({ errors: [{ field: `${place}object.type`, ...complaint }] });
