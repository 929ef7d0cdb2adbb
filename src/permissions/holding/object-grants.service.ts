import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { PermissionName } from '../../access/permission-name.js';
import { Clock } from '../../common/clock.js';
import { lruOf } from '../../common/lru.js';
import { NewsService } from '../../database/news/news.service.js';
import { TIME_LIMIT } from '../../database/news/remembered.js';
import { PreparedStatement } from '../../database/prepared.js';
import { CatalogueService } from '../catalogue/catalogue.service.js';
import { groupsAt, type Holdings, keepLatest, type Until } from './holdings.js';

const MAX_GRANTS = 100_000;

/** Stands for what is known of an object: who has another one knows something older. */
type Edition = object;

/** What somebody holds on one object, as long as these groups hold for her and the object's grants are these. */
interface Grants {
  readonly permissions: ReadonlyMap<PermissionName, Until>;
  readonly holdings: Holdings;
  readonly edition: Edition;
}

interface Row {
  readonly permission_id: number;
  readonly group_id: string | null;
  readonly until: number | null;
}

const MILLIS = 'extract(epoch FROM expires_at)::float8 * 1000';

// Index: object_permissions_object_idx, once for the user and once for each group, and nothing but the index. Asked for
// all groups at once, PostgreSQL would rather read every grant on the object.
const grantsOn = new PreparedStatement<Row>(
  'permissions.grants-on-object',
  `SELECT permission_id, group_id, ${MILLIS} AS until FROM object_permissions
    WHERE object_id = $1 AND user_id = $2 AND (expires_at IS NULL OR expires_at > $4)
   UNION ALL SELECT permission_id, g.id, ${MILLIS} FROM unnest($3::uuid[]) AS g(id) CROSS JOIN LATERAL (
      SELECT permission_id, expires_at FROM object_permissions
       WHERE object_id = $1 AND user_id IS NULL AND group_id = g.id AND (expires_at IS NULL OR expires_at > $4) OFFSET 0) AS o`,
);

/** What this node remembers of grants on single objects. That there is none is not remembered. */
@Injectable()
export class ObjectGrantsService {
  readonly #grants = lruOf<Grants>(MAX_GRANTS, { ttl: TIME_LIMIT });
  readonly #editions = lruOf<Edition>(MAX_GRANTS);

  constructor(
    private readonly news: NewsService,
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly catalogue: CatalogueService,
  ) {
    news.onChange('object_permissions', (id) => {
      if (id === undefined) this.#editions.clear();
      else this.#editions.delete(id);
    });
  }

  /** Undefined: not in memory now. */
  peek(
    userId: string | undefined,
    objectId: string,
    holdings: Holdings,
  ): ReadonlyMap<PermissionName, Until> | undefined {
    if (!this.news.isLive) return undefined;
    const grants = this.#grants.get(keyOf(userId, objectId));
    if (grants?.holdings !== holdings) return undefined;
    return grants.edition === this.#editions.get(objectId) ? grants.permissions : undefined;
  }

  /** From memory, or read. `holdings`: what the user holds now. */
  async find(
    userId: string | undefined,
    objectId: string,
    holdings: Holdings,
  ): Promise<ReadonlyMap<PermissionName, Until>> {
    const known = this.peek(userId, objectId, holdings);
    if (known !== undefined) return known;
    const edition = this.editionOf(objectId);
    const permissions = await this.read(userId, objectId, holdings);
    if (permissions.size > 0 && this.news.isLive) {
      this.#grants.set(keyOf(userId, objectId), { permissions, holdings, edition });
    }
    return permissions;
  }

  /** From the tables: the truth. With the manager of a transaction, on its connection. */
  async read(
    userId: string | undefined,
    objectId: string,
    holdings: Holdings,
    manager?: EntityManager,
  ): Promise<ReadonlyMap<PermissionName, Until>> {
    const now = this.clock.now();
    const groups = groupsAt(holdings, now.getTime());
    const values = [objectId, userId ?? null, groups, now];
    const rows = await (manager === undefined
      ? grantsOn.run(this.dataSource.manager, values)
      : manager.query<Row[]>(grantsOn.text, values));
    const permissions = new Map<PermissionName, Until>();
    for (const { permission_id, group_id, until } of rows) {
      const name = this.catalogue.nameOf(permission_id);
      const member = group_id === null ? Infinity : (holdings.groups.get(group_id) ?? 0);
      if (name) keepLatest(permissions, name, Math.min(until ?? Infinity, member));
    }
    return permissions;
  }

  /** Taken before the reading: what is said of the object meanwhile makes it an old one. */
  private editionOf(objectId: string): Edition {
    const known = this.#editions.get(objectId);
    if (known !== undefined) return known;
    const fresh = {};
    this.#editions.set(objectId, fresh);
    return fresh;
  }
}

const keyOf = (userId: string | undefined, objectId: string): string =>
  `${userId ?? ''} ${objectId}`;
