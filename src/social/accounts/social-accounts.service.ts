import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { Clock } from '../../common/clock.js';
import type { Arrival } from '../arrival.js';
import type { Identity } from '../providers/social-provider.js';
import { TokenStore } from '../tokens/token-store.service.js';
import { SocialAccount } from './social-account.entity.js';

/** Who is who at providers. The only place that queries `social_accounts`, but for their tokens; audit and mails are the callers' to see to. */
@Injectable()
export class SocialAccountsService {
  constructor(
    private readonly clock: Clock,
    private readonly tokens: TokenStore,
  ) {}

  /** Whose identity it is, which is used now. Undefined: nobody's. */
  async use(
    manager: EntityManager,
    { issuer, subject, email }: Identity,
  ): Promise<string | undefined> {
    // Index: social_accounts_issuer_subject_key
    const [rows] = await manager.query<[{ user_id: string }[], number]>(
      `UPDATE social_accounts SET last_used_at = $3, email = $4
        WHERE issuer = $1 AND subject = $2 RETURNING user_id`,
      [issuer, subject, this.clock.now(), email ?? null],
    );
    return rows[0]?.user_id;
  }

  /** False: the identity is somebody's already. */
  async add(
    manager: EntityManager,
    userId: string,
    provider: string,
    { issuer, subject, email }: Identity,
  ): Promise<boolean> {
    const added = await manager
      .createQueryBuilder()
      .insert()
      .into(SocialAccount)
      .values({
        id: uuidv7(),
        userId,
        provider,
        issuer,
        subject,
        email: email ?? null,
        createdAt: this.clock.now(),
        lastUsedAt: null,
      })
      .orIgnore() // social_accounts_issuer_subject_key decides, whoever comes at the same time
      .returning('id')
      .execute();
    return (added.raw as unknown[]).length > 0;
  }

  /** Who is not active gets nothing from a provider, and leaves nothing of it here. */
  async keepTokens(
    manager: EntityManager,
    { providerId, identity: { issuer, subject }, tokens }: Arrival,
  ): Promise<void> {
    if (tokens === undefined) return;
    // Index: social_accounts_issuer_subject_key, users_pkey
    const [account] = await manager.query<{ id: string }[]>(
      `SELECT a.id FROM social_accounts a JOIN users u ON u.id = a.user_id AND u.is_active
        WHERE a.issuer = $1 AND a.subject = $2`,
      [issuer, subject],
    );
    if (account) await this.tokens.keep(manager, { id: account.id, provider: providerId }, tokens);
  }

  /** In the order in which they were linked. Nobody has many. */
  of(manager: EntityManager, userId: string): Promise<SocialAccount[]> {
    // Index: social_accounts_user_id_id_idx
    return manager.find(SocialAccount, { where: { userId }, order: { id: 'ASC' } });
  }

  /** Undefined: she has no such one. */
  async remove(
    manager: EntityManager,
    userId: string,
    id: string,
  ): Promise<SocialAccount | undefined> {
    const account = await manager.findOneBy(SocialAccount, { id, userId }); // social_accounts_pkey
    if (account === null) return undefined;
    await manager.delete(SocialAccount, { id });
    return account;
  }
}
