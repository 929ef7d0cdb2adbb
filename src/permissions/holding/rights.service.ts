import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { known, type PermissionName } from '../../access/permission-name.js';
import { Clock } from '../../common/clock.js';
import { afterCommit } from '../../database/after-commit.js';
import { constraintOf } from '../../database/database-errors.js';
import { NewsService } from '../../database/news/news.service.js';
import { CatalogueService } from '../catalogue/catalogue.service.js';
import { GroupsInCircle } from '../permissions.errors.js';

/** Who holds something: a user or a group. */
export interface Holder {
  readonly type: 'user' | 'group';
  readonly id: string;
}

/** When it ends by itself; null: never. */
export type Expiry = Date | null;

/**
 * The only place that writes who holds what. Every change is announced: this node knows it when the transaction has
 * committed, before its caller goes on; the others hear it from the database. Giving again changes the expiry alone.
 *
 * Who may do so, and what the log book says of it, is the caller's to see to (`AuthorityService`, `AuditService`).
 */
@Injectable()
export class RightsService {
  constructor(
    private readonly news: NewsService,
    private readonly clock: Clock,
    private readonly catalogue: CatalogueService,
  ) {}

  /** A permission on every object of its kind. */
  async give(
    manager: EntityManager,
    holder: Holder,
    permission: PermissionName,
    expiresAt: Expiry = null,
  ): Promise<void> {
    const { table, column } = HELD_BY[holder.type];
    await manager.query(
      `INSERT INTO ${table} (${column}, permission_id, expires_at, created_at) VALUES ($1, $2, $3, $4)
       ON CONFLICT (${column}, permission_id) DO UPDATE SET expires_at = EXCLUDED.expires_at`,
      [holder.id, this.catalogue.idOf(permission), expiresAt, this.clock.now()],
    );
    this.announce(manager, holder);
  }

  /** False: it was not held directly. */
  async take(manager: EntityManager, holder: Holder, permission: PermissionName): Promise<boolean> {
    const { table, column } = HELD_BY[holder.type];
    const values = [holder.id, this.catalogue.idOf(permission)];
    const taken = await deleted(
      manager,
      `DELETE FROM ${table} WHERE ${column} = $1 AND permission_id = $2`,
      values,
    );
    this.announce(manager, holder);
    return taken;
  }

  async addMember(
    manager: EntityManager,
    groupId: string,
    userId: string,
    expiresAt: Expiry = null,
  ): Promise<void> {
    await manager.query(
      `INSERT INTO group_members (group_id, user_id, expires_at, created_at) VALUES ($1, $2, $3, $4)
       ON CONFLICT (group_id, user_id) DO UPDATE SET expires_at = EXCLUDED.expires_at`,
      [groupId, userId, expiresAt, this.clock.now()],
    );
    this.announce(manager, { type: 'user', id: userId });
  }

  /** False: the user was no member. */
  async removeMember(manager: EntityManager, groupId: string, userId: string): Promise<boolean> {
    const removed = await deleted(
      manager,
      'DELETE FROM group_members WHERE group_id = $1 AND user_id = $2',
      [groupId, userId],
    );
    this.announce(manager, { type: 'user', id: userId });
    return removed;
  }

  /**
   * Members of the one group are members of the other from then on. What has expired, and only waits to be swept,
   * closes no circle.
   *
   * @throws GroupsInCircle
   */
  async include(
    manager: EntityManager,
    groupId: string,
    includedId: string,
    expiresAt: Expiry = null,
  ): Promise<void> {
    const now = this.clock.now();
    // Index: group_inclusions_expires_at_idx
    await manager.query('DELETE FROM group_inclusions WHERE expires_at <= $1', [now]);
    const inclusion = manager.query(
      `INSERT INTO group_inclusions (group_id, included_id, expires_at, created_at) VALUES ($1, $2, $3, $4)
       ON CONFLICT (group_id, included_id) DO UPDATE SET expires_at = EXCLUDED.expires_at`,
      [groupId, includedId, expiresAt, now],
    );
    await refusingCircles(inclusion);
    this.announce(manager, { type: 'group', id: groupId });
  }

  /** False: it was not contained. */
  async exclude(manager: EntityManager, groupId: string, includedId: string): Promise<boolean> {
    const removed = await deleted(
      manager,
      'DELETE FROM group_inclusions WHERE group_id = $1 AND included_id = $2',
      [groupId, includedId],
    );
    this.announce(manager, { type: 'group', id: groupId });
    return removed;
  }

  /**
   * A permission on one object. The object must be there: see to it in the same transaction, with a lock
   * (`FOR KEY SHARE`), if it has not been made in it.
   */
  async grant(
    manager: EntityManager,
    holder: Holder,
    permission: PermissionName,
    objectId: string,
    expiresAt: Expiry = null,
  ): Promise<void> {
    const column = `${holder.type}_id`;
    await manager.query(
      `INSERT INTO object_permissions (id, ${column}, permission_id, object_id, expires_at, created_at)
       VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (${column}, permission_id, object_id) WHERE ${column} IS NOT NULL
       DO UPDATE SET expires_at = EXCLUDED.expires_at`,
      [
        uuidv7({ msecs: this.clock.millis() }),
        holder.id,
        this.catalogue.idOf(permission),
        objectId,
        expiresAt,
        this.clock.now(),
      ],
    );
    this.announceObject(manager, objectId);
  }

  /** Everything that the kind of thing knows: view, change, delete it, and what else there is, but not add. */
  async grantAll(
    manager: EntityManager,
    holder: Holder,
    view: PermissionName,
    objectId: string,
  ): Promise<void> {
    for (const [action, permission] of Object.entries(known(view).permissions)) {
      if (action !== 'add') await this.grant(manager, holder, permission, objectId);
    }
  }

  /** False: it was not granted. */
  async revoke(
    manager: EntityManager,
    holder: Holder,
    permission: PermissionName,
    objectId: string,
  ): Promise<boolean> {
    const revoked = await deleted(
      manager,
      `DELETE FROM object_permissions WHERE ${holder.type}_id = $1 AND permission_id = $2 AND object_id = $3`,
      [holder.id, this.catalogue.idOf(permission), objectId],
    );
    this.announceObject(manager, objectId);
    return revoked;
  }

  /** What a group holds, its members hold: all that is remembered of anybody may be wrong. */
  announce(manager: EntityManager, { type, id }: Holder): void {
    afterCommit(manager, () => {
      if (type === 'user') this.news.tell('holdings', id);
      else this.news.tell('holdings');
    });
  }

  /** Anything may be different, of anybody and on any object. */
  announceEverything(manager: EntityManager): void {
    afterCommit(manager, () => {
      this.news.tell('holdings');
      this.news.tell('object_permissions');
    });
  }

  private announceObject(manager: EntityManager, objectId: string): void {
    afterCommit(manager, () => {
      this.news.tell('object_permissions', objectId);
    });
  }
}

/** Where it stands what users, and groups, hold on every object. */
export const HELD_BY = {
  user: { table: 'user_permissions', column: 'user_id' },
  group: { table: 'group_permissions', column: 'group_id' },
} as const;

async function deleted(manager: EntityManager, sql: string, values: unknown[]): Promise<boolean> {
  const rows = await manager.query<unknown[]>(
    `WITH gone AS (${sql} RETURNING 1) SELECT 1 FROM gone`,
    values,
  );
  return rows.length > 0;
}

async function refusingCircles(writing: Promise<unknown>): Promise<void> {
  try {
    await writing;
  } catch (error) {
    if (constraintOf(error) !== 'group_inclusions_acyclic') throw error;
    throw new GroupsInCircle({ cause: error });
  }
}
