import { Injectable } from '@nestjs/common';
import type { EntityManager, ObjectLiteral, SelectQueryBuilder } from 'typeorm';
import type { PermissionName } from '../access/permission-name.js';
import type { Principal } from '../access/principal.js';
import { Clock } from '../common/clock.js';
import { type Page, pageOf, type PageQuery, rowsFor, startOf } from '../common/paging.js';
import { CatalogueService } from './catalogue/catalogue.service.js';
import { TwoFactorMarks } from './demands/two-factor-marks.service.js';
import { groupsAt, type Holdings } from './holding/holdings.js';

/** Whose grants on single objects count. */
export interface Grantee {
  readonly userId: string | undefined;
  readonly holdings: Holdings;
}

/** How far a permission reaches: nowhere, as far as single grants, or everywhere; and no further than scopes. */
export type Reach =
  | 'nothing'
  | {
      /** Absent: it is held on every object. */
      readonly grantee?: Grantee;
      /** The only objects that the credential may be used on; undefined: all. */
      readonly only: readonly string[] | undefined;
    };

/** Single grants of a permission. */
interface Granted {
  readonly permission: PermissionName;
  readonly grantee: Grantee;
  readonly only: readonly string[] | undefined;
}

const LIVE = '(granted.expires_at IS NULL OR granted.expires_at > :visibleAt)';

/** Lists of what somebody may see. Parameters have names of their own: a query that is narrowed keeps those that it has. */
@Injectable()
export class VisibleService {
  constructor(
    private readonly catalogue: CatalogueService,
    private readonly clock: Clock,
    private readonly marks: TwoFactorMarks,
  ) {}

  /** A caller who has proved no second factor sees nothing by what demands one. Who is only asked about does not call. */
  async isInHand(
    viewer: Partial<Pick<Principal, 'via' | 'twoFactorAt'>> | undefined,
    permission: PermissionName,
  ): Promise<boolean> {
    if (viewer?.twoFactorAt !== undefined) return true;
    if (viewer !== undefined && viewer.via === undefined) return true;
    const { permissions } = this.marks.peek() ?? (await this.marks.find());
    return !permissions.has(permission);
  }

  /**
   * Indexes: the primary key where scopes name the objects; object_permissions_object_idx where the query finds few, or
   * few are asked for; object_permissions_user_key and object_permissions_group_key where little is granted. One
   * `EXISTS` leaves the choice to PostgreSQL.
   */
  narrow<T extends ObjectLiteral>(
    query: SelectQueryBuilder<T>,
    permission: PermissionName,
    reach: Reach,
  ): SelectQueryBuilder<T> {
    if (reach === 'nothing') return query.andWhere('false');
    const { grantee, only } = reach;
    if (only !== undefined) {
      query.andWhere(`${query.alias}.id = ANY(:visibleOnly)`, { visibleOnly: only });
    }
    if (grantee === undefined) return query;
    const now = this.clock.now();
    return query.andWhere(
      `EXISTS (SELECT 1 FROM object_permissions granted
         WHERE granted.object_id = ${query.alias}.id AND granted.permission_id = :visibleBy AND ${LIVE}
           AND (granted.user_id = :visibleTo OR granted.group_id = ANY(:visibleThrough)))`,
      {
        visibleTo: grantee.userId ?? null,
        visibleBy: this.catalogue.idOf(permission),
        visibleThrough: groupsAt(grantee.holdings, now.getTime()),
        visibleAt: now,
      },
    );
  }

  async page<T extends ObjectLiteral & { readonly id: string }>(
    query: SelectQueryBuilder<T>,
    permission: PermissionName,
    reach: Reach,
    page: PageQuery,
  ): Promise<Page<T>> {
    const key = `${query.alias}.id`;
    query.orderBy(key);
    if (reach === 'nothing') return { items: [], nextCursor: null };
    const { grantee, only } = reach;
    if (grantee === undefined) {
      const narrowed = this.narrow(query, permission, reach);
      const after = startOf(page);
      if (after !== null) narrowed.andWhere(`${key} > :visibleAfter`, { visibleAfter: after });
      return pageOf(await narrowed.limit(rowsFor(page)).getMany(), page);
    }
    const ids = await this.ids(query.dataSource.manager, { permission, grantee, only }, page);
    const items = await query
      .andWhere(`${key} = ANY(:visibleIds)`, { visibleIds: ids.items.map(({ id }) => id) })
      .getMany();
    return { items, nextCursor: ids.nextCursor };
  }

  /**
   * The ids of a page. Each holder's grants lie in order in their index (object_permissions_user_key,
   * object_permissions_group_key), so that a page reads a page of each and no more; of few objects that scopes name, those.
   */
  async ids(
    manager: EntityManager,
    { permission, grantee, only }: Granted,
    page: PageQuery,
  ): Promise<Page<{ readonly id: string }>> {
    const now = this.clock.now();
    const rows = await manager.query<{ id: string }[]>(only === undefined ? IDS : SOME_IDS, [
      grantee.userId ?? null,
      groupsAt(grantee.holdings, now.getTime()),
      this.catalogue.idOf(permission),
      startOf(page) ?? LOWEST,
      now,
      rowsFor(page),
      ...(only === undefined ? [] : [only]),
    ]);
    return pageOf(rows, page);
  }
}

const idsWhere = (more: string) => `
  SELECT DISTINCT object_id AS id FROM (
    (SELECT object_id FROM object_permissions
      WHERE user_id = $1 AND permission_id = $3 AND object_id > $4 AND (expires_at IS NULL OR expires_at > $5)${more}
      ORDER BY object_id LIMIT $6)
    UNION ALL SELECT o.object_id FROM unnest($2::uuid[]) AS g(id) CROSS JOIN LATERAL (
      SELECT object_id FROM object_permissions
       WHERE group_id = g.id AND permission_id = $3 AND object_id > $4 AND (expires_at IS NULL OR expires_at > $5)${more}
       ORDER BY object_id LIMIT $6) AS o) AS granted
  ORDER BY object_id LIMIT $6`;

const IDS = idsWhere('');
const SOME_IDS = idsWhere(' AND object_id = ANY($7)');

/** Before every id. */
const LOWEST = '00000000-0000-0000-0000-000000000000';
