import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { AuditAction } from '../../audit/audit-actions.js';
import type { Details } from '../../audit/audit-proofs.js';
import { AuditService } from '../../audit/audit.service.js';
import { Clock } from '../../common/clock.js';
import type { Caller } from '../../common/http/caller.js';
import type { SocialProviderRow } from '../providers/social-provider.entity.js';

/** Who changes something, and from where. */
export interface Change {
  readonly actorId: string;
  readonly caller: Caller;
}

/** What the log book is told of providers: everything but their secrets. */
@Injectable()
export class ProviderLog {
  constructor(
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /** Of a row that is made now. */
  bothTimes(): Pick<SocialProviderRow, 'createdAt' | 'updatedAt'> {
    const now = this.clock.now();
    return { createdAt: now, updatedAt: now };
  }

  record(
    manager: EntityManager,
    action: AuditAction,
    { actorId, caller }: Change,
    { before, after }: { readonly before?: SocialProviderRow; readonly after?: SocialProviderRow },
  ): Promise<void> {
    const details: Details = {
      provider: (after ?? before)?.id ?? '',
      ...(before && { before: told(before) }),
      ...(after && { after: told(after) }),
    };
    return this.audit.record(manager, { action, outcome: 'success', actorId, caller, details });
  }
}

const told = (row: SocialProviderRow) => ({
  kind: row.kind,
  name: row.name,
  issuer: row.issuer,
  clientId: row.clientId,
  // Whether it is another one, and nothing of it.
  clientSecret: row.sealedClientSecret?.subarray(-8).toString('hex') ?? null,
  nativeClientIds: row.nativeClientIds.join(' '),
  verifiedDomains: row.verifiedDomains.join(' '),
  storeTokens: row.storeTokens,
  scopes: row.scopes.join(' '),
  isEnabled: row.isEnabled,
});
