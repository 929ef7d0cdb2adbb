import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import type { Scope } from '../access/scopes.js';
import { ApiKeyScope } from './api-key-scope.entity.js';

/** What a scope is in the table. */
type Stored = Pick<ApiKeyScope, 'permissionId' | 'objectId'>;

interface ScopeRow {
  readonly key_id: string;
  readonly scope: string;
}

/** The scopes of keys: they come with the key, and nothing changes them later. */
@Injectable()
export class ApiKeyScopes {
  constructor(private readonly dataSource: DataSource) {}

  /** To say the same twice says it once. */
  async add(manager: EntityManager, keyId: string, scopes: readonly Scope[]): Promise<void> {
    if (scopes.length === 0) return;
    const names = [...new Set(scopes.map(({ permission }) => permission))];
    const rows = await manager.query<{ id: number; name: string }[]>(
      'SELECT id, name FROM permissions WHERE name = ANY($1)', // permissions_name_key
      [names],
    );
    const ids = new Map(rows.map(({ id, name }) => [name, id]));
    const stored = new Map<string, Stored>();
    for (const { permission, objectId = null } of scopes) {
      const permissionId = ids.get(permission);
      if (permissionId === undefined) throw new Error(`There is no permission "${permission}"`);
      stored.set(`${String(permissionId)} ${String(objectId)}`, { permissionId, objectId });
    }
    await this.insert(manager, keyId, [...stored.values()]);
  }

  /** Also those whose permission no code defines now: should it come back, they are good again. */
  async copy(manager: EntityManager, from: string, to: string): Promise<void> {
    // Indexes: api_key_scopes_everywhere_key and _object_key
    const scopes = await manager.findBy(ApiKeyScope, { keyId: from });
    await this.insert(manager, to, scopes);
  }

  /** As texts, in the order of the alphabet, by key. */
  async of(
    keyIds: readonly string[],
    manager: EntityManager = this.dataSource.manager,
  ): Promise<ReadonlyMap<string, readonly string[]>> {
    const rows = await manager.query<ScopeRow[]>(
      // Indexes: api_key_scopes_everywhere_key and _object_key, permissions_pkey
      `SELECT s.key_id, concat_ws(':', p.name, s.object_id) AS scope
         FROM api_key_scopes s JOIN permissions p ON p.id = s.permission_id
        WHERE s.key_id = ANY($1) ORDER BY p.name, s.object_id NULLS FIRST`,
      [keyIds],
    );
    const scopes = new Map<string, string[]>();
    for (const { key_id: keyId, scope } of rows) {
      scopes.set(keyId, [...(scopes.get(keyId) ?? []), scope]);
    }
    return scopes;
  }

  private async insert(
    manager: EntityManager,
    keyId: string,
    scopes: readonly Stored[],
  ): Promise<void> {
    if (scopes.length === 0) return;
    await manager.insert(
      ApiKeyScope,
      scopes.map(({ permissionId, objectId }) => ({ id: uuidv7(), keyId, permissionId, objectId })),
    );
  }
}
