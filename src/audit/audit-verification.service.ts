import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AuditHead, AuditRetiredRun } from './audit-chain.entity.js';
import { AuditEvent } from './audit-event.entity.js';
import { AuditKeysService } from './audit-keys.service.js';
import type { Link } from './audit-proofs.js';
import { AuditSealerService } from './audit-sealer.service.js';
import { ChainWalk, type ProvedRun } from './chain-walk.js';

const BATCH = 2000;

/** Whether the log book says what was written into it. */
@Injectable()
export class AuditVerificationService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly keys: AuditKeysService,
    private readonly sealer: AuditSealerService,
  ) {}

  /**
   * Seals what waits, and walks the whole chain as it is at one moment.
   *
   * @param containing a head of earlier, `sequence:hash`, which must still be in the chain
   */
  async verify(containing?: string): Promise<ChainWalk> {
    await this.sealer.seal();
    return this.dataSource.transaction('REPEATABLE READ', async (manager) => {
      const walk = new ChainWalk(this.keys.proofs, await this.runs(manager), containing);
      for await (const event of this.sealed(manager)) walk.sealed(event);
      for await (const event of this.unsealed(manager)) walk.notSealed(event);
      walk.end(await manager.findOneBy(AuditHead, { id: 1 }));
      return walk;
    });
  }

  /** The newest place; undefined: there is none yet, or it is not genuine. */
  async head(): Promise<Link | undefined> {
    const head = await this.dataSource.manager.findOneBy(AuditHead, { id: 1 });
    if (head === null || head.sequence === 0) return undefined;
    return this.keys.proofs.isOfHead(head, head.mac) ? head : undefined;
  }

  private async runs(manager: EntityManager): Promise<ProvedRun[]> {
    const rows = await manager.createQueryBuilder(AuditRetiredRun, 'run').getMany();
    return rows.map(({ firstSequence, lastSequence, lastHash, mac }) => ({
      from: firstSequence,
      to: { sequence: lastSequence, hash: lastHash },
      mac,
    }));
  }

  /** In the order of their places; two of one place, too. */
  private async *sealed(manager: EntityManager): AsyncGenerator<AuditEvent & Link> {
    let last = { sequence: 0, id: '00000000-0000-0000-0000-000000000000' };
    for (;;) {
      const rows = await manager
        .createQueryBuilder(AuditEvent, 'event')
        // Index: audit_events_sequence
        .where(
          'event.sequence >= :sequence AND (event.sequence, event.id) > (:sequence, :id)',
          last,
        )
        .orderBy('event.sequence')
        .addOrderBy('event.id')
        .limit(BATCH)
        .getMany();
      for (const row of rows) {
        if (row.sequence !== null && row.hash !== null) {
          last = { sequence: row.sequence, id: row.id };
          yield row as AuditEvent & Link;
        }
      }
      if (rows.length < BATCH) return;
    }
  }

  private async *unsealed(manager: EntityManager): AsyncGenerator<AuditEvent> {
    for (let last = '00000000-0000-0000-0000-000000000000'; ;) {
      const rows = await manager
        .createQueryBuilder(AuditEvent, 'event')
        .where('event.sequence IS NULL AND event.id > :last', { last }) // audit_events_unsealed
        .orderBy('event.id')
        .limit(BATCH)
        .getMany();
      yield* rows;
      last = rows.at(-1)?.id ?? last;
      if (rows.length < BATCH) return;
    }
  }
}
