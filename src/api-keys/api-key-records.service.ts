import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { AuditAction } from '../audit/audit-actions.js';
import type { Details } from '../audit/audit-proofs.js';
import { AuditService } from '../audit/audit.service.js';
import type { Caller } from '../common/http/caller.js';
import type { ApiKeyView } from './api-key-views.service.js';
import type { ApiKeyRow } from './api-key.entity.js';
import { rateOf } from './api-keys.service.js';

/** Who does something to a key of whom, from where. */
export interface KeyErrand {
  /** Whose keys: a user or a service account. */
  readonly ownerId: string;
  /** Who does it: the owner, or who answers for it; undefined: the house. */
  readonly actorId: string | undefined;
  readonly caller: Caller | undefined;
}

/** What may become different of a key, as the log book says it. */
export const recorded = (row: ApiKeyRow) => ({
  name: row.name,
  allowedIps: row.allowedIps.join(' '),
  rateLimit: rateText(row),
  disabled: row.disabledAt !== null,
});

type Recorded = ReturnType<typeof recorded>;

const rateText = (row: ApiKeyRow): string | null => {
  const rate = rateOf(row);
  return rate && `${String(rate.limit)}/${String(rate.window)}s`;
};

/** What the log book says of keys. */
@Injectable()
export class ApiKeyRecords {
  constructor(private readonly audit: AuditService) {}

  created(manager: EntityManager, errand: KeyErrand, view: ApiKeyView): Promise<void> {
    return this.record(manager, errand, 'api_key_created', beginning(view));
  }

  /** @param before the key that has a successor from now on, as it was */
  rotated(
    manager: EntityManager,
    errand: KeyErrand,
    { view, before, retiresAt }: { view: ApiKeyView; before: ApiKeyRow; retiresAt: Date },
  ): Promise<void> {
    return this.record(manager, errand, 'api_key_rotated', {
      ...beginning(view),
      rotatedFrom: before.id,
      before: { endsAt: before.expiresAt.toISOString() },
      after: { endsAt: retiresAt.toISOString() },
    });
  }

  /** Says what became different. */
  changed(
    manager: EntityManager,
    errand: KeyErrand,
    { id, before, after }: { id: string; before: Recorded; after: Recorded },
  ): Promise<void> {
    const fields = Object.keys(after) as (keyof Recorded)[];
    const different = fields.filter((field) => before[field] !== after[field]);
    const pick = (from: Recorded) =>
      Object.fromEntries(different.map((field) => [field, from[field]]));
    return this.record(manager, errand, 'api_key_changed', {
      apiKeyId: id,
      before: pick(before),
      after: pick(after),
    });
  }

  revoked(
    manager: EntityManager,
    errand: KeyErrand,
    { id, ...more }: { readonly id: string; readonly reason?: string },
  ): Promise<void> {
    return this.record(manager, errand, 'api_key_revoked', { apiKeyId: id, ...more });
  }

  private record(
    manager: EntityManager,
    { ownerId, actorId, caller }: KeyErrand,
    action: AuditAction,
    details: Details,
  ): Promise<void> {
    const who = { actorId, subjectId: ownerId, caller };
    return this.audit.record(manager, { action, outcome: 'success', ...who, details });
  }
}

const beginning = ({ row, scopes }: ApiKeyView): Details => ({
  apiKeyId: row.id,
  name: row.name,
  scopes: scopes?.join(' ') ?? null,
  allowedIps: row.allowedIps.join(' '),
  rateLimit: rateText(row),
  startsAt: row.startsAt?.toISOString() ?? null,
  expiresAt: row.expiresAt.toISOString(),
});
