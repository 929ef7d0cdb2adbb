import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../../common/clock.js';
import { type Page, pageOf, type PageQuery, rowsFor, startOf } from '../../common/paging.js';
import { CatalogueService } from '../catalogue/catalogue.service.js';
import { PermissionsService } from '../permissions.service.js';
import type { Question } from './question.js';

/** Somebody who may. */
export interface Able {
  readonly id: string;
  /** Empty: a service account. */
  readonly email: string;
  readonly name: string;
}

interface Row extends Able {
  readonly is_active: boolean;
}

const LIVE = '(expires_at IS NULL OR expires_at > $4)';

/**
 * Everything that gives a permission lies in the order of users in its index, so that a page reads a page of each
 * and no more. Indexes: users_superusers, user_permissions_permission_id_user_id_idx, object_permissions_object_idx,
 * group_permissions_permission_id_group_id_idx, group_inclusions_pkey, group_members_pkey, users_pkey.
 */
const ABLE = `
  WITH RECURSIVE giving(group_id) AS (
    SELECT group_id FROM group_permissions WHERE permission_id = $1 AND ${LIVE}
    UNION SELECT group_id FROM object_permissions
     WHERE object_id = $2 AND user_id IS NULL AND permission_id = $1 AND ${LIVE}
    UNION SELECT i.included_id FROM giving g CROSS JOIN LATERAL (
      SELECT included_id FROM group_inclusions WHERE group_id = g.group_id AND ${LIVE} OFFSET 0) AS i),
  able(id) AS (
    (SELECT id FROM users WHERE is_superuser AND id > $3 ORDER BY id LIMIT $5)
    UNION (SELECT user_id FROM user_permissions
      WHERE permission_id = $1 AND user_id > $3 AND ${LIVE} ORDER BY user_id LIMIT $5)
    UNION (SELECT user_id FROM object_permissions
      WHERE object_id = $2 AND user_id > $3 AND permission_id = $1 AND ${LIVE} ORDER BY user_id LIMIT $5)
    UNION (SELECT m.user_id FROM giving g CROSS JOIN LATERAL (
      SELECT user_id FROM group_members
       WHERE group_id = g.group_id AND user_id > $3 AND ${LIVE} ORDER BY user_id LIMIT $5) AS m))
  SELECT u.id, COALESCE(u.email, '') AS email, COALESCE(NULLIF(trim(u.first_name || ' ' || u.last_name), ''), u.email) AS name, u.is_active
    FROM (SELECT id FROM able ORDER BY id LIMIT $5) AS page JOIN users u ON u.id = page.id
   ORDER BY u.id`;

/** Who can do this? */
@Injectable()
export class SubjectsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly catalogue: CatalogueService,
    private readonly permissions: PermissionsService,
  ) {}

  /** One page of the active users, in the order of ids. Those who are not active are left out, so it may be short. */
  async page({ permission, objectId }: Question, page: PageQuery): Promise<Page<Able>> {
    const rows = await this.dataSource.query<Row[]>(ABLE, [
      this.catalogue.idOf(permission),
      objectId ?? null,
      startOf(page) ?? LOWEST,
      this.clock.now(),
      rowsFor(page),
    ]);
    const { items, nextCursor } = pageOf(rows, page);
    return { items: items.filter((row) => row.is_active), nextCursor };
  }

  /** Whether those can, too, who are not signed in. */
  everybody({ permission, objectId }: Question): Promise<boolean> {
    return this.permissions.allows(undefined, permission, objectId);
  }
}

/** Before every id. */
const LOWEST = '00000000-0000-0000-0000-000000000000';
