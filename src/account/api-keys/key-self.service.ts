import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { InvalidToken } from '../../access/access.errors.js';
import type { Principal } from '../../access/principal.js';
import { ApiKeyRow } from '../../api-keys/api-key.entity.js';
import { prefixOf } from '../../api-keys/api-key.js';
import { ApiKeyRequired } from './key-self.errors.js';

/** What a key is told about itself. */
export interface KeyItself {
  readonly row: ApiKeyRow;
  readonly prefix: string;
  /** Null: it is not narrowed. */
  readonly scopes: readonly string[] | null;
  readonly ownerType: 'user' | 'service_account';
}

@Injectable()
export class KeySelf {
  constructor(private readonly dataSource: DataSource) {}

  /** @throws ApiKeyRequired; InvalidToken: it ended just now */
  async of({ apiKeyId: id }: Principal): Promise<KeyItself> {
    if (id === undefined) throw new ApiKeyRequired();
    const { manager } = this.dataSource;
    const row = await manager.findOne(ApiKeyRow, { where: { id }, relations: { user: true } }); // api_keys_pkey
    if (row === null) throw new InvalidToken();
    return {
      row,
      prefix: prefixOf(row.environment, row.id),
      scopes: row.isScoped ? await this.scopesOf(id) : null,
      ownerType: row.user?.isServiceAccount ? 'service_account' : 'user',
    };
  }

  private async scopesOf(keyId: string): Promise<string[]> {
    // Indexes: api_key_scopes_everywhere_key and _object_key, permissions_pkey
    const rows = await this.dataSource.query<{ scope: string }[]>(
      `SELECT concat_ws(':', p.name, s.object_id) AS scope
         FROM api_key_scopes s JOIN permissions p ON p.id = s.permission_id
        WHERE s.key_id = $1 ORDER BY scope`,
      [keyId],
    );
    return rows.map(({ scope }) => scope);
  }
}
