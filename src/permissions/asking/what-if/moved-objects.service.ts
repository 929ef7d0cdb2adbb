import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { definedResources, type PermissionName } from '../../../access/permission-name.js';
import { Clock } from '../../../common/clock.js';
import { CatalogueService } from '../../catalogue/catalogue.service.js';
import { counted, COUNTED, type MovedObjects } from './effect.js';
import type { Standing } from './standing.service.js';

const LIVE = '(expires_at IS NULL OR expires_at > $6)';
const KEPT = `EXISTS (SELECT 1 FROM object_permissions kept
  WHERE kept.user_id = $3 AND kept.permission_id = p.id AND kept.object_id = moved.object_id AND ${LIVE})
  OR EXISTS (SELECT 1 FROM object_permissions kept
  WHERE kept.group_id = ANY($4) AND kept.permission_id = p.id AND kept.object_id = moved.object_id AND ${LIVE})`;

/** Indexes: object_permissions_user_key, object_permissions_group_key. Counting ends at a limit, in each of them. */
const MOVED = `
  SELECT p.id AS permission_id, m.found FROM unnest($5::integer[]) AS p(id) CROSS JOIN LATERAL (
    SELECT count(*)::integer AS found FROM (
      SELECT DISTINCT object_id FROM (
        (SELECT object_id FROM object_permissions moved
          WHERE user_id = $1 AND permission_id = p.id AND ${LIVE} AND NOT (${KEPT}) LIMIT $7)
        UNION ALL SELECT o.object_id FROM unnest($2::uuid[]) AS g(id) CROSS JOIN LATERAL (
          SELECT object_id FROM object_permissions moved
           WHERE group_id = g.id AND permission_id = p.id AND ${LIVE} AND NOT (${KEPT}) LIMIT $7) AS o) AS each
      LIMIT $7) AS counted) AS m
   WHERE m.found > 0`;

/** Below the groups of a group: who is in it, directly or not. Indexes: group_inclusions_pkey, group_members_pkey. */
const MEMBERS = `
  WITH RECURSIVE below(id) AS (
    SELECT $1::uuid
    UNION SELECT i.included_id FROM below b JOIN group_inclusions i ON i.group_id = b.id
     WHERE i.expires_at IS NULL OR i.expires_at > $2)
  SELECT count(*)::integer AS found FROM (
    SELECT DISTINCT m.user_id FROM below b CROSS JOIN LATERAL (
      SELECT user_id FROM group_members
       WHERE group_id = b.id AND (expires_at IS NULL OR expires_at > $2) LIMIT $3) AS m
    LIMIT $3) AS counted`;

/** Counts, up to a limit, what a change would move. */
@Injectable()
export class MovedObjectsService {
  constructor(
    private readonly clock: Clock,
    private readonly catalogue: CatalogueService,
  ) {}

  /** The single objects that are in reach from the one and not from the other. */
  async between(from: Standing, to: Standing, manager: EntityManager): Promise<MovedObjects[]> {
    const asked = definedResources()
      .flatMap(({ permissions }) => Object.values(permissions))
      .filter((name) => !from.permissions.has(name) && !to.permissions.has(name));
    const rows = await manager.query<{ permission_id: number; found: number }[]>(MOVED, [
      to.userId === null ? from.userId : null,
      from.groups.filter((id) => !to.groups.includes(id)),
      to.userId,
      to.groups,
      asked.map((name) => this.catalogue.idOf(name)),
      this.clock.now(),
      COUNTED + 1,
    ]);
    return rows.flatMap(({ permission_id, found }) => {
      const permission: PermissionName | undefined = this.catalogue.nameOf(permission_id);
      return permission === undefined ? [] : { permission, ...counted(found) };
    });
  }

  /** How many are in the group, active or not; `COUNTED` and one more: too many to be counted. */
  async membersOf(groupId: string, manager: EntityManager): Promise<number> {
    const values = [groupId, this.clock.now(), COUNTED + 1];
    const [row] = await manager.query<{ found: number }[]>(MEMBERS, values);
    return row?.found ?? 0;
  }
}
