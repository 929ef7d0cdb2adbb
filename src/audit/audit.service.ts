import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { Clock } from '../common/clock.js';
import { afterCommit } from '../database/after-commit.js';
import { AuditEvent } from './audit-event.entity.js';
import { eventRow, type Happening } from './audit-event.js';
import { AuditKeysService } from './audit-keys.service.js';
import { AuditNotesService } from './audit-notes.service.js';
import type { AuditProofs } from './audit-proofs.js';
import { AuditSealerService } from './audit-sealer.service.js';

/** What the other rooms know of the log book. */
@Injectable()
export class AuditService {
  constructor(
    private readonly keys: AuditKeysService,
    private readonly notes: AuditNotesService,
    private readonly sealer: AuditSealerService,
    private readonly clock: Clock,
  ) {}

  /** Writes it into the transaction of the change that it tells of: both are there, or neither is. */
  async record(manager: EntityManager, happening: Happening): Promise<void> {
    const row = eventRow(happening, { now: this.clock.now(), proofs: this.keys.proofs });
    await manager.createQueryBuilder().insert().into(AuditEvent).values(row).execute();
    afterCommit(manager, () => {
      this.sealer.wake();
    });
  }

  /**
   * For what changes nothing and so has no transaction: failed attempts. Returns at once; they are written
   * together, a moment later. `kill -9` loses those of the last moment.
   */
  note(happening: Happening): void {
    this.notes.add(happening);
  }

  get proofs(): AuditProofs {
    return this.keys.proofs;
  }

  /** Tells equal texts from different ones, and nothing of what they say: for what strangers type. */
  pseudonym(text: string): string {
    return this.keys.proofs.pseudonym(text);
  }
}
