import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { ApiKeyOffice } from '../../api-keys/api-key-office.service.js';
import { AuditService } from '../../audit/audit.service.js';
import type { Caller } from '../../common/http/caller.js';
import { FactorRows } from '../../two-factor/factor-rows.service.js';
import type { About } from '../proof/one-time-token.entity.js';

const REASON = 'email_change_undone';

/**
 * Second factors and API keys that came after a change of the address that is taken back: who changed it added them,
 * was told of it at the address that he gave, and would keep the owner out, or come in himself, by them.
 */
@Injectable()
export class LaterWaysIn {
  constructor(
    private readonly factors: FactorRows,
    private readonly keys: ApiKeyOffice,
    private readonly audit: AuditService,
  ) {}

  async remove(
    manager: EntityManager,
    userId: string,
    about: About,
    caller: Caller,
  ): Promise<void> {
    await this.removeFactors(manager, userId, about, caller);
    await this.revokeKeys(manager, userId, about, caller);
  }

  /** A factor that is added changes the credentials, so what these were tells the later ones. */
  private async removeFactors(
    manager: EntityManager,
    userId: string,
    { since }: About,
    caller: Caller,
  ): Promise<void> {
    if (since === undefined) return;
    const removed = await this.factors.removeAddedSince(manager, userId, new Date(since));
    if (removed === 0) return;
    const about = { actorId: userId, subjectId: userId, caller };
    await this.audit.record(manager, {
      action: 'second_factor_removed',
      outcome: 'success',
      ...about,
      details: { reason: REASON, factors: removed },
    });
  }

  /** A key changes none: those are later that were made after the link was. */
  private async revokeKeys(
    manager: EntityManager,
    userId: string,
    { issuedAt }: About,
    caller: Caller,
  ): Promise<void> {
    if (issuedAt === undefined) return;
    const errand = { ownerId: userId, actorId: userId, caller };
    const since = new Date(issuedAt);
    await this.keys.revokeMadeSince(manager, errand, { since, reason: REASON });
  }
}
