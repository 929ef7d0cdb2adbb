import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import type { Scope } from '../access/scopes.js';
import { Clock } from '../common/clock.js';
import { Settings } from '../config/settings.js';
import { ApiKeyScope } from './api-key-scope.entity.js';
import { ApiKeyRow } from './api-key.entity.js';
import { ApiKey } from './api-key.js';
import { PeppersService } from './peppers.service.js';

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
}

/** A key that was made just now. `key` is shown once. */
export interface IssuedApiKey {
  readonly row: ApiKeyRow;
  readonly key: ApiKey;
}

/** The only place that writes `api_keys`. Who may is the caller's to see to, and the lock of the owner. */
@Injectable()
export class ApiKeysService {
  constructor(
    private readonly peppers: PeppersService,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  async issue(manager: EntityManager, given: NewApiKey): Promise<IssuedApiKey> {
    const now = this.clock.now();
    const { environment } = this.settings.apiKeys;
    const key = ApiKey.issue(environment, uuidv7({ msecs: now.getTime() }));
    const { current } = this.peppers;
    const row = manager.create(ApiKeyRow, {
      id: key.id,
      userId: given.ownerId,
      name: given.name,
      environment,
      secretMac: key.mac(current.bytes),
      pepperId: current.id,
      isScoped: given.scopes !== undefined,
      allowedIps: [...given.allowedIps],
      rateLimit: given.rateLimit?.limit ?? null,
      rateWindow: given.rateLimit?.window ?? null,
      createdAt: now,
      startsAt: given.startsAt,
      expiresAt: given.expiresAt,
      rotatedFrom: given.rotatedFrom,
      createdBy: given.createdBy,
      ...UNTOUCHED,
    });
    await manager.insert(ApiKeyRow, row);
    await this.insertScopes(manager, key.id, given.scopes ?? []);
    return { row, key };
  }

  private async insertScopes(
    manager: EntityManager,
    keyId: string,
    scopes: readonly Scope[],
  ): Promise<void> {
    for (const { permission, objectId } of scopes) {
      // Index: permissions_name_key
      const [row] = await manager.query<{ id: number }[]>(
        'SELECT id FROM permissions WHERE name = $1',
        [permission],
      );
      if (row === undefined) throw new Error(`There is no permission "${permission}"`);
      await manager.insert(ApiKeyScope, {
        id: uuidv7(),
        keyId,
        permissionId: row.id,
        objectId: objectId ?? null,
      });
    }
  }
}

/** What happens to a key later. */
const UNTOUCHED = {
  retiresAt: null,
  disabledAt: null,
  revokedAt: null,
  lastUsedAt: null,
  lastUsedIp: null,
  useCount: 0,
  nextWarningAt: null,
} as const;
