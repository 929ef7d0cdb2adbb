import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Clock } from '../common/clock.js';
import { type Page, type PageQuery, pageOf, rowsFor, startOf } from '../common/paging.js';
import { ApiKeyScopes } from './api-key-scopes.service.js';
import { statusOf } from './api-key-status.js';
import { ApiKeyUse } from './api-key-use.entity.js';
import { ApiKeyRow } from './api-key.entity.js';

export type KeyUse = Pick<ApiKeyUse, 'ip' | 'count' | 'lastUsedAt'>;

/** A key as it is shown. */
export interface ApiKeyView {
  readonly row: ApiKeyRow;
  /** Null: whatever its owner may. */
  readonly scopes: readonly string[] | null;
  /** Of a retiring one. */
  readonly uses?: readonly KeyUse[];
}

/** The keys of somebody, as she, or who answers for it, sees them. */
@Injectable()
export class ApiKeyViews {
  constructor(
    private readonly dataSource: DataSource,
    private readonly scopes: ApiKeyScopes,
    private readonly clock: Clock,
  ) {}

  /** All that are there, ended or not, newest first. */
  async page(ownerId: string, page: PageQuery): Promise<Page<ApiKeyView>> {
    const query = this.dataSource
      .getRepository(ApiKeyRow)
      .createQueryBuilder('key')
      .where('key.userId = :ownerId', { ownerId }) // api_keys_user_id_id_idx
      .orderBy('key.id', 'DESC')
      .limit(rowsFor(page));
    const start = startOf(page);
    if (start !== null) query.andWhere('key.id < :start', { start });
    const { items, nextCursor } = pageOf(await query.getMany(), page);
    return { items: await this.of(items, this.dataSource.manager), nextCursor };
  }

  async one(row: ApiKeyRow, manager: EntityManager): Promise<ApiKeyView> {
    const [view] = await this.of([row], manager);
    return view ?? { row, scopes: null };
  }

  private async of(rows: readonly ApiKeyRow[], manager: EntityManager): Promise<ApiKeyView[]> {
    const scoped = rows.filter(({ isScoped }) => isScoped).map(({ id }) => id);
    const scopes = await this.scopes.of(scoped, manager);
    const now = this.clock.now();
    const retiring = rows.filter((row) => statusOf(row, now) === 'retiring').map(({ id }) => id);
    const uses = await this.usesOf(retiring, manager);
    return rows.map((row) => ({
      row,
      scopes: row.isScoped ? (scopes.get(row.id) ?? []) : null,
      ...(retiring.includes(row.id) && { uses: uses.filter(({ keyId }) => keyId === row.id) }),
    }));
  }

  private async usesOf(keyIds: readonly string[], manager: EntityManager): Promise<ApiKeyUse[]> {
    if (keyIds.length === 0) return [];
    return manager
      .createQueryBuilder(ApiKeyUse, 'use')
      .where('use.keyId = ANY(:keyIds)', { keyIds }) // api_key_uses_pkey
      .orderBy('use.lastUsedAt', 'DESC')
      .addOrderBy('use.ip')
      .getMany();
  }
}
