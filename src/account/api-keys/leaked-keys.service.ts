import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { ApiKeyProofs } from '../../api-keys/api-key-proofs.service.js';
import { ApiKeyRow } from '../../api-keys/api-key.entity.js';
import { ApiKey } from '../../api-keys/api-key.js';
import { ApiKeysService } from '../../api-keys/api-keys.service.js';
import type { Caller } from '../../common/http/caller.js';
import { Settings } from '../../config/settings.js';
import { lockUser } from '../../users/lock-user.js';
import { LeakNews } from './leak-news.service.js';
import type { LeakMatchDto } from './leaked-keys.dto.js';

/** Ends keys that somebody has who should not. */
@Injectable()
export class LeakedKeys {
  constructor(
    private readonly proofs: ApiKeyProofs,
    private readonly keys: ApiKeysService,
    private readonly news: LeakNews,
    private readonly dataSource: DataSource,
    private readonly settings: Settings,
  ) {}

  /**
   * Whether it is, or was, a key of this server: then it opens nothing any more, and whoever it belongs to is told, once.
   * To have it is all the proof that it takes: who has it could do worse.
   */
  async revoke(match: LeakMatchDto, caller: Caller): Promise<boolean> {
    const key = ApiKey.parse(this.settings.apiKeys.environment, match.token);
    if (key === undefined || (await this.proofs.prove(key)) === undefined) return false;
    await this.dataSource.transaction((manager) => this.end(manager, key.id, match, caller));
    return true;
  }

  /** Of those who tell it at once one is the first: the owner is locked. */
  private async end(
    manager: EntityManager,
    id: string,
    match: LeakMatchDto,
    caller: Caller,
  ): Promise<void> {
    const found = await manager.findOneBy(ApiKeyRow, { id }); // api_keys_pkey
    if (found === null) return;
    await lockUser(manager, found.userId);
    const row = await manager.findOneBy(ApiKeyRow, { id }); // api_keys_pkey
    if (row?.revokedAt !== null) return;
    await this.keys.revoke(manager, id);
    await this.news.tell(manager, row, match, caller);
  }
}
