import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { ProvidersService } from '../providers/providers.service.js';

/** Rows a statement, so that none holds its locks for long. */
const BATCH = 1000;

/** Tokens of providers whose tokens are not kept, or no longer. */
@Injectable()
export class UnwantedTokens {
  constructor(
    private readonly dataSource: DataSource,
    private readonly providers: ProvidersService,
  ) {}

  async removeOf(manager: EntityManager, provider: string): Promise<void> {
    await manager.query('DELETE FROM social_tokens WHERE provider = $1', [provider]); // social_tokens_provider_idx
  }

  /** Returns how many rows were removed. What the settings say is known by nothing but looking. */
  async remove(): Promise<number> {
    let removed = 0;
    for (const provider of await this.keepers()) {
      if (await this.providers.storesTokens(provider)) continue;
      let count: number;
      do {
        count = await this.removeSome(provider);
        removed += count;
      } while (count === BATCH);
    }
    return removed;
  }

  /** Whose tokens there are: from name to name in the index, for there are few of them and may be many rows. */
  private async keepers(): Promise<string[]> {
    // Index: social_tokens_provider_idx
    const rows = await this.dataSource.query<{ provider: string }[]>(
      `WITH RECURSIVE found AS (
         SELECT min(provider) AS provider FROM social_tokens
         UNION ALL
         SELECT (SELECT min(t.provider) FROM social_tokens t WHERE t.provider > found.provider)
           FROM found WHERE found.provider IS NOT NULL)
       SELECT provider FROM found WHERE provider IS NOT NULL`,
    );
    return rows.map(({ provider }) => provider);
  }

  private async removeSome(provider: string): Promise<number> {
    // Index: social_tokens_provider_idx
    const [, count] = await this.dataSource.query<[unknown, number]>(
      `DELETE FROM social_tokens WHERE social_account_id IN
         (SELECT social_account_id FROM social_tokens WHERE provider = $1 LIMIT $2 FOR UPDATE SKIP LOCKED)`,
      [provider, BATCH],
    );
    return count;
  }
}
