import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import type { Scope } from '../access/scopes.js';
import { Clock } from '../common/clock.js';
import { Settings } from '../config/settings.js';
import { afterCommit } from '../database/after-commit.js';
import { NewsService } from '../database/news/news.service.js';
import { ApiKeyScopes } from './api-key-scopes.service.js';
import { ApiKeyRow } from './api-key.entity.js';
import { ApiKey } from './api-key.js';
import { PeppersService } from './peppers.service.js';
import { nextWarningAt } from './warning-times.js';

/** Requests in so many seconds. */
export interface KeyRate {
  readonly limit: number;
  readonly window: number;
}

/** What a key begins with. */
export interface NewApiKey {
  /** A user or a service account. */
  readonly ownerId: string;
  readonly name: string;
  /** Absent: whatever its owner may. */
  readonly scopes?: readonly Scope[] | undefined;
  /** As `normalRange` writes them; none: from anywhere. */
  readonly allowedIps: readonly string[];
  /** Null: as often as it likes. */
  readonly rateLimit: KeyRate | null;
  /** Null: at once. */
  readonly startsAt: Date | null;
  readonly expiresAt: Date;
  /** Null: it comes in the place of none. */
  readonly rotatedFrom: string | null;
  readonly createdBy: string | null;
  /** Absent: now. */
  readonly createdAt?: Date;
}

/** A key that was made just now. `key` is shown once. */
export interface IssuedApiKey {
  readonly row: ApiKeyRow;
  readonly key: ApiKey;
}

/** What of a key may become different. */
export type ApiKeyChanges = Partial<
  Pick<ApiKeyRow, 'name' | 'allowedIps' | 'rateLimit' | 'rateWindow' | 'disabledAt'>
>;

/**
 * The only place that writes `api_keys`, but for what is counted in passing and the times of warnings. Who may is the
 * caller's to see to, and the lock of the owner.
 */
@Injectable()
export class ApiKeysService {
  constructor(
    private readonly peppers: PeppersService,
    private readonly scopes: ApiKeyScopes,
    private readonly settings: Settings,
    private readonly news: NewsService,
    private readonly clock: Clock,
  ) {}

  async issue(manager: EntityManager, given: NewApiKey): Promise<IssuedApiKey> {
    const issued = await this.insert(manager, { ...given, isScoped: given.scopes !== undefined });
    await this.scopes.add(manager, issued.row.id, given.scopes ?? []);
    return issued;
  }

  /** A key that may do what the one before may, and ends then. It does not end that one: see `retire`. */
  async succeed(
    manager: EntityManager,
    before: ApiKeyRow,
    ends: Pick<NewApiKey, 'expiresAt' | 'createdBy' | 'createdAt'>,
  ): Promise<IssuedApiKey> {
    const { id, userId: ownerId, name, allowedIps, isScoped } = before;
    const rateLimit = rateOf(before);
    const kept = { ownerId, name, allowedIps, isScoped, rateLimit, startsAt: null };
    const issued = await this.insert(manager, { ...kept, ...ends, rotatedFrom: id });
    await this.scopes.copy(manager, id, issued.row.id);
    return issued;
  }

  change(manager: EntityManager, id: string, changes: ApiKeyChanges): Promise<void> {
    return this.update(manager, id, changes);
  }

  /** It has a successor, and stops then. Its owner knows: no mail warns of it. */
  retire(manager: EntityManager, id: string, retiresAt: Date): Promise<void> {
    return this.update(manager, id, { retiresAt, nextWarningAt: null });
  }

  /** Ends it for good; the row stays for a while, to be looked at. */
  revoke(manager: EntityManager, id: string): Promise<void> {
    return this.update(manager, id, { revokedAt: this.clock.now(), nextWarningAt: null });
  }

  /** Ends the keys of somebody that were made later than that. Returns which lived. */
  async revokeMadeSince(manager: EntityManager, ownerId: string, since: Date): Promise<string[]> {
    const now = this.clock.now();
    const result = await manager
      .createQueryBuilder()
      .update(ApiKeyRow)
      .set({ revokedAt: now, nextWarningAt: null })
      .where('user_id = :ownerId AND created_at > :since', { ownerId, since }) // api_keys_user_id_id_idx
      .andWhere('revoked_at IS NULL AND expires_at > :now', { now })
      .returning('id')
      .execute();
    const ids = (result.raw as { id: string }[]).map(({ id }) => id);
    for (const id of ids) this.tell(manager, id);
    return ids;
  }

  private async insert(
    manager: EntityManager,
    given: Omit<NewApiKey, 'scopes'> & { readonly isScoped: boolean },
  ): Promise<IssuedApiKey> {
    const { createdAt = this.clock.now() } = given;
    const { environment } = this.settings.apiKeys;
    const key = ApiKey.issue(environment, uuidv7({ msecs: createdAt.getTime() }));
    const { current } = this.peppers;
    const row = manager.create(ApiKeyRow, {
      id: key.id,
      userId: given.ownerId,
      name: given.name,
      environment,
      secretMac: key.mac(current.bytes),
      pepperId: current.id,
      isScoped: given.isScoped,
      allowedIps: [...given.allowedIps],
      rateLimit: given.rateLimit?.limit ?? null,
      rateWindow: given.rateLimit?.window ?? null,
      createdAt,
      startsAt: given.startsAt,
      expiresAt: given.expiresAt,
      rotatedFrom: given.rotatedFrom,
      createdBy: given.createdBy,
      nextWarningAt: nextWarningAt(given.expiresAt, createdAt),
      ...UNTOUCHED,
    });
    // Or else it would be told what it knows, with numbers as texts.
    const insertion = manager.createQueryBuilder().insert().into(ApiKeyRow).updateEntity(false);
    await insertion.values(row).execute();
    return { row, key };
  }

  private async update(
    manager: EntityManager,
    id: string,
    changes: Partial<ApiKeyRow>,
  ): Promise<void> {
    await manager.update(ApiKeyRow, { id }, changes); // api_keys_pkey
    this.tell(manager, id);
  }

  /** The table tells the other nodes. */
  private tell(manager: EntityManager, id: string): void {
    afterCommit(manager, () => {
      this.news.tell('api_keys', id);
    });
  }
}

export const rateOf = ({
  rateLimit: limit,
  rateWindow: window,
}: Pick<ApiKeyRow, 'rateLimit' | 'rateWindow'>): KeyRate | null =>
  limit === null || window === null ? null : { limit, window };

/** What happens to a key later. */
const UNTOUCHED = {
  retiresAt: null,
  disabledAt: null,
  revokedAt: null,
  lastUsedAt: null,
  lastUsedIp: null,
  useCount: 0,
} as const;
