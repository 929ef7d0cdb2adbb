import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { PermissionName } from '../../access/permission-name.js';
import { Clock } from '../../common/clock.js';
import { Settings } from '../../config/settings.js';
import { PreparedStatement } from '../../database/prepared.js';
import { CatalogueService } from '../catalogue/catalogue.service.js';
import { ANONYMOUS_GROUP } from './group.entity.js';
import { type Holdings, keepLatest, type Until } from './holdings.js';

/** Who may hold something. */
export type Subject =
  { readonly type: 'user' | 'group'; readonly id: string } | { readonly type: 'anonymous' };

export const ANONYMOUS: Subject = { type: 'anonymous' };

interface Row {
  readonly group_id: string | null;
  readonly permission_id: number | null;
  /** Milliseconds since the epoch; null: for ever. */
  readonly until: number | null;
}

/**
 * Indexes: group_members_user_id_idx, group_inclusions_included_id_idx, group_permissions_pkey, user_permissions_pkey.
 * `LEAST` passes over nulls, so that a chain ends with its first link. `OFFSET 0` keeps PostgreSQL from reading whole
 * tables: once it has prepared the statement it takes everybody to be in hundreds of groups.
 */
export const HELD = `
  WITH RECURSIVE held(group_id, until) AS (
    SELECT group_id, COALESCE(expires_at, 'infinity') FROM group_members
     WHERE user_id = $1 AND (expires_at IS NULL OR expires_at > $3)
    UNION SELECT id, 'infinity'::timestamptz FROM unnest($2::uuid[]) AS id
    UNION SELECT i.group_id, LEAST(h.until, i.expires_at) FROM held h CROSS JOIN LATERAL (
      SELECT group_id, expires_at FROM group_inclusions
       WHERE included_id = h.group_id AND (expires_at IS NULL OR expires_at > $3) OFFSET 0) AS i)`;

const MILLIS = `CASE WHEN until < 'infinity' THEN extract(epoch FROM until) * 1000 END::float8`;

const holdings = new PreparedStatement<Row>(
  'permissions.holdings',
  `${HELD}
  SELECT group_id, permission_id, ${MILLIS} AS until FROM (
    SELECT group_id, NULL::integer AS permission_id, until FROM held
    UNION ALL SELECT NULL, p.permission_id, LEAST(h.until, p.expires_at) FROM held h CROSS JOIN LATERAL (
      SELECT permission_id, expires_at FROM group_permissions
       WHERE group_id = h.group_id AND (expires_at IS NULL OR expires_at > $3) OFFSET 0) AS p
    UNION ALL SELECT NULL, permission_id, COALESCE(expires_at, 'infinity') FROM user_permissions
     WHERE user_id = $1 AND (expires_at IS NULL OR expires_at > $3)) AS facts`,
);

/** Reads what a subject holds on every object, from the tables: the truth. */
@Injectable()
export class HoldingsReaderService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly settings: Settings,
    private readonly catalogue: CatalogueService,
  ) {}

  async read(subject: Subject, manager?: EntityManager): Promise<Holdings> {
    const values = [...this.startOf(subject), this.clock.now()];
    const rows = await (manager === undefined
      ? holdings.run(this.dataSource.manager, values)
      : manager.query<Row[]>(holdings.text, values));
    return this.holdingsOf(rows);
  }

  /** The user, if it is one, and the groups that the chains begin with: parameters 1 and 2 of `HELD`. */
  startOf(subject: Subject): [user: string | null, groups: readonly string[]] {
    const everybody = this.settings.anonymousPermissions ? [ANONYMOUS_GROUP] : [];
    if (subject.type === 'user') return [subject.id, everybody];
    return [null, subject.type === 'group' ? [...everybody, subject.id] : everybody];
  }

  private holdingsOf(rows: readonly Row[]): Holdings {
    const permissions = new Map<PermissionName, Until>();
    const groups = new Map<string, Until>();
    for (const { group_id, permission_id, until } of rows) {
      const name = permission_id === null ? undefined : this.catalogue.nameOf(permission_id);
      if (group_id !== null) keepLatest(groups, group_id, until ?? Infinity);
      else if (name !== undefined) keepLatest(permissions, name, until ?? Infinity);
    }
    return { permissions, groups };
  }
}
