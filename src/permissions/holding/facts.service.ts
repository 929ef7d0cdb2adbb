import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { isDefined, type PermissionName } from '../../access/permission-name.js';
import { Clock } from '../../common/clock.js';
import { type Page, pageOf, type PageQuery, rowsFor, startOf } from '../../common/paging.js';
import { CatalogueService } from '../catalogue/catalogue.service.js';
import { GroupInclusion } from './group-inclusion.entity.js';
import { GroupMember } from './group-member.entity.js';
import type { Holding } from './holding.js';
import { HELD_BY, type Holder } from './rights.service.js';

/** That somebody, or a group, belongs to a group. */
export interface Belonging extends Holding {
  /** Of the user or of the group. */
  readonly id: string;
}

/** That a permission is held on every object. */
export interface Given extends Holding {
  readonly permission: PermissionName;
}

const LIVE = '(fact.expires_at IS NULL OR fact.expires_at > :now)';

/** Reads who was given what, as it stands in the tables. What has expired does not. */
@Injectable()
export class FactsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly catalogue: CatalogueService,
  ) {}

  async member(
    manager: EntityManager,
    groupId: string,
    userId: string,
  ): Promise<Holding | undefined> {
    const fact = await manager
      .getRepository(GroupMember)
      .createQueryBuilder('fact')
      .where('fact.group_id = :groupId AND fact.user_id = :userId', { groupId, userId }) // group_members_pkey
      .andWhere(LIVE, { now: this.clock.now() })
      .getOne();
    return fact ?? undefined;
  }

  async inclusion(
    manager: EntityManager,
    groupId: string,
    includedId: string,
  ): Promise<Holding | undefined> {
    const fact = await manager
      .getRepository(GroupInclusion)
      .createQueryBuilder('fact')
      .where('fact.group_id = :groupId AND fact.included_id = :includedId', { groupId, includedId }) // group_inclusions_pkey
      .andWhere(LIVE, { now: this.clock.now() })
      .getOne();
    return fact ?? undefined;
  }

  /** In the order of the users' ids. */
  async members(groupId: string, page: PageQuery): Promise<Page<Belonging>> {
    const facts = await this.dataSource
      .getRepository(GroupMember)
      .createQueryBuilder('fact')
      .where('fact.group_id = :groupId AND fact.user_id > :start', {
        groupId,
        start: startOf(page) ?? LOWEST,
      }) // group_members_pkey
      .andWhere(LIVE, { now: this.clock.now() })
      .orderBy('fact.user_id')
      .limit(rowsFor(page))
      .getMany();
    return pageOf(
      facts.map(({ userId: id, expiresAt, createdAt }) => ({ id, expiresAt, createdAt })),
      page,
    );
  }

  /** In the order of the groups' ids. */
  async included(groupId: string, page: PageQuery): Promise<Page<Belonging>> {
    const facts = await this.dataSource
      .getRepository(GroupInclusion)
      .createQueryBuilder('fact')
      .where('fact.group_id = :groupId AND fact.included_id > :start', {
        groupId,
        start: startOf(page) ?? LOWEST,
      }) // group_inclusions_pkey
      .andWhere(LIVE, { now: this.clock.now() })
      .orderBy('fact.included_id')
      .limit(rowsFor(page))
      .getMany();
    return pageOf(
      facts.map(({ includedId: id, expiresAt, createdAt }) => ({ id, expiresAt, createdAt })),
      page,
    );
  }

  /** Directly, by name; not what no code defines any more. There are never more than the catalogue has. */
  async given(
    { type, id }: Holder,
    manager: EntityManager = this.dataSource.manager,
  ): Promise<Given[]> {
    const { table, column } = HELD_BY[type];
    // Index: user_permissions_pkey, group_permissions_pkey
    const rows = await manager.query<GivenRow[]>(
      `SELECT permission_id, expires_at, created_at FROM ${table}
        WHERE ${column} = $1 AND (expires_at IS NULL OR expires_at > $2)`,
      [id, this.clock.now()],
    );
    return rows
      .flatMap(({ permission_id, expires_at, created_at }) => {
        const permission = this.catalogue.nameOf(permission_id);
        const fact = { expiresAt: expires_at, createdAt: created_at };
        return permission !== undefined && isDefined(permission) ? [{ permission, ...fact }] : [];
      })
      .sort((a, b) => (a.permission < b.permission ? -1 : 1));
  }
}

interface GivenRow {
  readonly permission_id: number;
  readonly expires_at: Date | null;
  readonly created_at: Date;
}

/** Before every id. */
const LOWEST = '00000000-0000-0000-0000-000000000000';
