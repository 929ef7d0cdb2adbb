import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { parseScope, type Scope } from '../access/scopes.js';
import { Clock } from '../common/clock.js';
import { NotFound } from '../common/failures.js';
import { Settings } from '../config/settings.js';
import { lockUser } from '../users/lock-user.js';
import { changesOf, rangesOf } from './api-key-changes.js';
import { ApiKeyRecords, type KeyErrand, recorded } from './api-key-records.service.js';
import { type ApiKeyStatus, statusOf } from './api-key-status.js';
import { retirementOf, successorsEnd, termsOf } from './api-key-terms.js';
import { type ApiKeyView, ApiKeyViews } from './api-key-views.service.js';
import { ApiKeyRow } from './api-key.entity.js';
import type { ApiKey } from './api-key.js';
import {
  ApiKeyEnded,
  ApiKeyNotInUse,
  RotationInProgress,
  TooManyApiKeys,
} from './api-keys.errors.js';
import { ApiKeysService } from './api-keys.service.js';
import type { ApiKeyChangesDto, NewApiKeyDto, RotationDto } from './new-api-key.dto.js';

/** A key that was made just now. `key` is shown once. */
export interface MadeApiKey {
  readonly view: ApiKeyView;
  readonly key: ApiKey;
}

/**
 * Everything that is done to the keys of a user or a service account, each within the transaction of its caller, who has
 * seen to it that it may be done. Locks the owner, and writes the log book.
 */
@Injectable()
export class ApiKeyOffice {
  constructor(
    private readonly keys: ApiKeysService,
    private readonly views: ApiKeyViews,
    private readonly records: ApiKeyRecords,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  /** @throws ValidationFailed, TooManyApiKeys, NotFound if there is no such owner */
  async make(manager: EntityManager, errand: KeyErrand, wish: NewApiKeyDto): Promise<MadeApiKey> {
    await this.lock(manager, errand);
    await this.expectRoom(manager, errand);
    const createdAt = this.clock.now();
    const terms = termsOf(wish, createdAt, this.settings.apiKeys);
    const { row, key } = await this.keys.issue(manager, {
      ownerId: errand.ownerId,
      name: wish.name,
      scopes: wish.scopes?.map(scopeNamed),
      allowedIps: rangesOf(wish.allowedIps ?? []),
      rateLimit: wish.rateLimit ?? null,
      ...terms,
      rotatedFrom: null,
      createdBy: errand.actorId ?? null,
      createdAt,
    });
    const view = await this.views.one(row, manager);
    await this.records.created(manager, errand, view);
    return { view, key };
  }

  /** @throws NotFound, ApiKeyEnded */
  async change(
    manager: EntityManager,
    errand: KeyErrand,
    id: string,
    wish: ApiKeyChangesDto,
  ): Promise<ApiKeyView> {
    const row = await this.find(manager, errand, id);
    this.expectLiving(row);
    const before = recorded(row);
    const changes = changesOf(row, wish, this.clock.now());
    Object.assign(row, changes);
    const after = recorded(row);
    if (JSON.stringify(before) !== JSON.stringify(after)) {
      await this.keys.change(manager, id, changes);
      await this.records.changed(manager, errand, { id, before, after });
    }
    return this.views.one(row, manager);
  }

  /** @throws ValidationFailed, NotFound, ApiKeyEnded, ApiKeyNotInUse, RotationInProgress */
  async rotate(
    manager: EntityManager,
    errand: KeyErrand,
    id: string,
    wish: RotationDto,
  ): Promise<MadeApiKey> {
    const before = await this.find(manager, errand, id);
    await this.expectRotatable(manager, before);
    const now = this.clock.now();
    const { apiKeys } = this.settings;
    const expiresAt = successorsEnd(wish, before, now, apiKeys);
    const retiresAt = retirementOf(before.expiresAt, now, wish.overlapSeconds ?? apiKeys.overlap);
    const createdBy = errand.actorId ?? null;
    const { row, key } = await this.keys.succeed(manager, before, {
      expiresAt,
      createdBy,
      createdAt: now,
    });
    await this.keys.retire(manager, id, retiresAt);
    const view = await this.views.one(row, manager);
    await this.records.rotated(manager, errand, { view, before, retiresAt });
    return { view, key };
  }

  /** Of one that is revoked already nothing is said again. @throws NotFound */
  async revoke(manager: EntityManager, errand: KeyErrand, id: string): Promise<void> {
    const row = await this.find(manager, errand, id);
    if (row.revokedAt !== null) return;
    await this.keys.revoke(manager, id);
    await this.records.revoked(manager, errand, { id });
  }

  /** Those that somebody made who should not have been there. */
  async revokeMadeSince(
    manager: EntityManager,
    errand: KeyErrand,
    { since, reason }: { readonly since: Date; readonly reason: string },
  ): Promise<void> {
    await this.lock(manager, errand);
    const ids = await this.keys.revokeMadeSince(manager, errand.ownerId, since);
    for (const id of ids) await this.records.revoked(manager, errand, { id, reason });
  }

  private async lock(manager: EntityManager, { ownerId }: KeyErrand): Promise<void> {
    if ((await lockUser(manager, ownerId)) === undefined) throw new NotFound();
  }

  /** As it is under the lock of its owner. @throws NotFound, also where it is somebody else's */
  private async find(manager: EntityManager, errand: KeyErrand, id: string): Promise<ApiKeyRow> {
    await this.lock(manager, errand);
    const row = await manager.findOneBy(ApiKeyRow, { id, userId: errand.ownerId }); // api_keys_pkey
    if (row === null) throw new NotFound();
    return row;
  }

  /** @throws TooManyApiKeys */
  private async expectRoom(manager: EntityManager, { ownerId }: KeyErrand): Promise<void> {
    const taken = await manager
      .createQueryBuilder(ApiKeyRow, 'key')
      .where('key.userId = :ownerId', { ownerId }) // api_keys_user_id_id_idx
      .andWhere('key.revokedAt IS NULL AND key.retiresAt IS NULL')
      .andWhere('key.expiresAt > :now', { now: this.clock.now() })
      .getCount();
    if (taken >= this.settings.apiKeys.perOwner) throw new TooManyApiKeys();
  }

  /** @throws ApiKeyEnded */
  private expectLiving(row: ApiKeyRow): void {
    if (ENDED.has(statusOf(row, this.clock.now()))) throw new ApiKeyEnded();
  }

  /**
   * One that works, has no successor, and whose own predecessor works no more: or else a chain of keys would all work.
   *
   * @throws ApiKeyEnded, ApiKeyNotInUse, RotationInProgress
   */
  private async expectRotatable(manager: EntityManager, row: ApiKeyRow): Promise<void> {
    this.expectLiving(row);
    if (row.retiresAt !== null) throw new RotationInProgress();
    const now = this.clock.now();
    if (statusOf(row, now) !== 'active') throw new ApiKeyNotInUse();
    if (row.rotatedFrom === null) return;
    const before = await manager.findOneBy(ApiKeyRow, { id: row.rotatedFrom }); // api_keys_pkey
    const isOver = before === null || ENDED.has(statusOf(before, now));
    if (!isOver) throw new RotationInProgress();
  }
}

const ENDED: ReadonlySet<ApiKeyStatus> = new Set(['revoked', 'expired']);

/** The DTO has refused what is none. */
function scopeNamed(text: string): Scope {
  const scope = parseScope(text);
  if (scope === undefined) throw new Error(`"${text}" is no scope`);
  return scope;
}
