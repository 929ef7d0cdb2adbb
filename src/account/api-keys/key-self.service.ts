import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { InvalidToken } from '../../access/access.errors.js';
import type { Principal } from '../../access/principal.js';
import { type ApiKeyView, ApiKeyViews } from '../../api-keys/api-key-views.service.js';
import { ApiKeyRow } from '../../api-keys/api-key.entity.js';
import { ApiKeyRequired } from './key-self.errors.js';

/** What a key is told about itself. */
export interface KeyItself extends ApiKeyView {
  readonly ownerType: 'user' | 'service_account';
}

@Injectable()
export class KeySelf {
  constructor(
    private readonly dataSource: DataSource,
    private readonly views: ApiKeyViews,
  ) {}

  /** @throws ApiKeyRequired; InvalidToken: it ended just now */
  async of({ apiKeyId: id }: Principal): Promise<KeyItself> {
    if (id === undefined) throw new ApiKeyRequired();
    const { manager } = this.dataSource;
    const row = await manager.findOne(ApiKeyRow, { where: { id }, relations: { user: true } }); // api_keys_pkey
    if (row === null) throw new InvalidToken();
    const ownerType = row.user?.isServiceAccount ? 'service_account' : 'user';
    return { ...(await this.views.one(row, manager)), ownerType };
  }
}
