import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, type SelectQueryBuilder } from 'typeorm';
import { isDefined } from '../../access/permission-name.js';
import { Clock } from '../../common/clock.js';
import { type Page, pageOf, type PageQuery, rowsFor, startOf } from '../../common/paging.js';
import { CatalogueService } from '../catalogue/catalogue.service.js';
import { type Grant, type GrantFilter, type StoredGrant, storedGrant } from './grant.js';
import { ObjectPermission } from './object-permission.entity.js';

/** Reads grants on single objects as they stand in the table. What has expired does not, nor what no code defines. */
@Injectable()
export class GrantsListService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly catalogue: CatalogueService,
  ) {}

  /** In the order in which they were made. */
  async page(
    { userId, groupId, objectId, permission }: GrantFilter,
    page: PageQuery,
  ): Promise<Page<StoredGrant>> {
    const query = this.live().orderBy('fact.id').limit(rowsFor(page));
    if (userId !== undefined) query.andWhere('fact.user_id = :userId', { userId }); // object_permissions_user_id_id_idx
    if (groupId !== undefined) query.andWhere('fact.group_id = :groupId', { groupId }); // object_permissions_group_id_id_idx
    if (objectId !== undefined) query.andWhere('fact.object_id = :objectId', { objectId }); // object_permissions_object_id_id_idx
    if (permission !== undefined) {
      query.andWhere('fact.permission_id = :name', { name: this.catalogue.idOf(permission) });
    }
    const start = startOf(page);
    if (start !== null) query.andWhere('fact.id > :start', { start });
    const { items, nextCursor } = pageOf(await query.getMany(), page);
    return { items: items.flatMap((row) => this.named(row)), nextCursor };
  }

  /** Undefined: there is none, or no longer. */
  async find(manager: EntityManager, id: string): Promise<StoredGrant | undefined> {
    const row = await this.live(manager).andWhere('fact.id = :id', { id }).getOne(); // object_permissions_pkey
    return row === null ? undefined : this.named(row)[0];
  }

  /** Undefined: there is none, or no longer. */
  async findSame(
    manager: EntityManager,
    { subject, permission, objectId }: Grant,
  ): Promise<StoredGrant | undefined> {
    // Index: object_permissions_user_key, object_permissions_group_key
    const row = await this.live(manager)
      .andWhere(`fact.${subject.type}_id = :holder AND fact.permission_id = :name`, {
        holder: subject.id,
        name: this.catalogue.idOf(permission),
      })
      .andWhere('fact.object_id = :objectId', { objectId })
      .getOne();
    return row === null ? undefined : storedGrant(row, permission);
  }

  private live(manager = this.dataSource.manager): SelectQueryBuilder<ObjectPermission> {
    return manager
      .getRepository(ObjectPermission)
      .createQueryBuilder('fact')
      .where('(fact.expires_at IS NULL OR fact.expires_at > :now)', { now: this.clock.now() });
  }

  private named(row: ObjectPermission): StoredGrant[] {
    const permission = this.catalogue.nameOf(row.permissionId);
    return permission !== undefined && isDefined(permission) ? [storedGrant(row, permission)] : [];
  }
}
