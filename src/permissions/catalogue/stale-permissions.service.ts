import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { isDefined } from '../../access/permission-name.js';
import { AuditService } from '../../audit/audit.service.js';
import { Clock } from '../../common/clock.js';
import { Permission } from './permission.entity.js';

/** A permission as the table has it. */
export interface CataloguePermission {
  readonly id: number;
  readonly name: string;
  readonly resource: string;
  readonly action: string;
  /** No code defines it any more. */
  readonly stale: boolean;
  readonly requiresTwoFactor: boolean;
}

export interface PruneOptions {
  /** Also what somebody holds. */
  readonly held: boolean;
}

/** The table of permissions, and what in it no code defines any more. */
@Injectable()
export class StalePermissionsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly audit: AuditService,
  ) {}

  /** By name. There are as many as the code has, and no more for more users. */
  async list(manager: EntityManager = this.dataSource.manager): Promise<CataloguePermission[]> {
    const rows = await manager.getRepository(Permission).find({ order: { name: 'ASC' } });
    return rows.map(({ id, name, resource, requiresTwoFactor }) => ({
      id,
      name,
      resource,
      action: actionOf(name, resource),
      stale: !isDefined(name),
      requiresTwoFactor,
    }));
  }

  /** Removes what is stale and, unless told otherwise, held by nobody. Returns the names. */
  prune({ held }: PruneOptions): Promise<string[]> {
    return this.dataSource.transaction(async (manager) => {
      const stale = (await this.list(manager)).filter((each) => each.stale);
      const ids = stale.map(({ id }) => id);
      // Whoever gives one of them at this moment, on a node of an older release, has done so or waits.
      await manager.query('SELECT 1 FROM permissions WHERE id = ANY($1) ORDER BY id FOR UPDATE', [
        ids,
      ]);
      const removed = await manager.query<{ name: string }[]>(
        `WITH removed AS (DELETE FROM permissions p WHERE id = ANY($1) ${held ? '' : NOT_HELD} RETURNING name)
         SELECT name FROM removed ORDER BY name`,
        held ? [ids] : [ids, this.clock.now()],
      );
      for (const { name } of removed) await this.note(manager, name);
      return removed.map(({ name }) => name);
    });
  }

  private note(manager: EntityManager, permission: string): Promise<void> {
    return this.audit.record(manager, {
      action: 'stale_permission_removed',
      outcome: 'success',
      details: { permission, by: 'command line' },
    });
  }
}

// Indexes: user_permissions_permission_id_user_id_idx, group_permissions_permission_id_group_id_idx,
// object_permissions_permission_id_idx
const NOT_HELD = ['user_permissions', 'group_permissions', 'object_permissions']
  .map(
    (table) =>
      `AND NOT EXISTS (SELECT 1 FROM ${table} h
          WHERE h.permission_id = p.id AND (h.expires_at IS NULL OR h.expires_at > $2))`,
  )
  .join('\n');

/** `change` of `catalog.change_product`, which is one of `catalog.product`. */
function actionOf(name: string, resource: string): string {
  const [app = '', model = ''] = resource.split('.');
  return name.slice(app.length + 1, -(model.length + 1));
}
