import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import type { Caller } from '../common/http/caller.js';
import { AuditService } from './audit.service.js';

/** Forgets a person, lawfully: the chain still verifies, and says who was forgotten when. */
@Injectable()
export class AuditErasureService {
  constructor(private readonly audit: AuditService) {}

  /**
   * Removes address, client and details from every event that this person did or that is about her; what
   * stays is what happened, when, and ids that lead to nobody. Within the caller's transaction.
   */
  async erase(
    manager: EntityManager,
    personId: string,
    { caller }: { caller?: Caller } = {},
  ): Promise<void> {
    // Indexes: audit_events_subject, audit_events_actor
    const [, events] = await manager.query<[unknown, number]>(
      `UPDATE audit_events SET ip = NULL, user_agent = NULL, details = NULL, salt = NULL
        WHERE (subject_id = $1 OR actor_id = $1) AND salt IS NOT NULL`,
      [personId],
    );
    await this.audit.record(manager, {
      action: 'personal_data_erased',
      outcome: 'success',
      subjectId: personId,
      caller,
      details: { events },
    });
  }
}
