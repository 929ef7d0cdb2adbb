import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Clock } from '../common/clock.js';
import { Settings } from '../config/settings.js';
import { AuditRetiredRun } from './audit-chain.entity.js';
import { AuditPartitionsService, PARTITIONS_LOCK } from './audit-partitions.service.js';
import type { Run } from './audit-proofs.js';
import { AuditService } from './audit.service.js';
import type { Month } from './month.js';

const DAY = 86_400_000;

interface RunRow {
  readonly first_sequence: string;
  readonly last_sequence: string;
  readonly last_hash: Buffer;
}

/** Retires months that are older than AUDIT_RETENTION, whole: dropping a partition costs nothing. */
@Injectable()
export class AuditRetentionService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly partitions: AuditPartitionsService,
    private readonly audit: AuditService,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  /** Returns how many months were retired. */
  async retire(): Promise<number> {
    const { auditDays } = this.settings.keeping;
    if (auditDays === 0) return 0;
    const oldest = this.clock.millis() - auditDays * DAY;
    const old = (await this.partitions.months()).filter(({ end }) => end <= oldest);
    let retired = 0;
    for (const month of old) retired += await this.retireMonth(month);
    return retired;
  }

  private retireMonth(month: Month): Promise<number> {
    return this.dataSource.transaction(async (manager) => {
      await manager.query('SELECT pg_advisory_xact_lock($1)', [PARTITIONS_LOCK]);
      await manager.query("SET LOCAL lock_timeout = '1s'");
      const still = (await this.partitions.months(manager)).map(({ partition }) => partition);
      if (!still.includes(month.partition)) return 0; // another node was faster
      if (await this.hasUnsealed(manager, month)) return 0; // the next time
      await manager.query('SET LOCAL statement_timeout = 0'); // reading a large month takes its time
      const runs = await this.runsOf(manager, month);
      await this.keep(manager, runs);
      await manager.query(`DROP TABLE ${month.partition}`);
      await this.audit.record(manager, {
        action: 'audit_events_retired',
        outcome: 'success',
        details: { until: new Date(month.end).toISOString() },
      });
      return 1;
    });
  }

  private async hasUnsealed(manager: EntityManager, { partition }: Month): Promise<boolean> {
    const rows = await manager.query<unknown[]>(
      `SELECT 1 FROM ${partition} WHERE sequence IS NULL LIMIT 1`,
    );
    return rows.length > 0;
  }

  /** The places of the month, as few runs as they make: an event that was sealed late stands apart. */
  private async runsOf(manager: EntityManager, { partition }: Month): Promise<Run[]> {
    const rows = await manager.query<RunRow[]>(
      `WITH runs AS (
         SELECT min(sequence) AS first_sequence, max(sequence) AS last_sequence
           FROM (SELECT sequence, sequence - row_number() OVER (ORDER BY sequence) AS run
                   FROM ${partition}) places
          GROUP BY run)
       SELECT r.*, e.hash AS last_hash FROM runs r JOIN ${partition} e ON e.sequence = r.last_sequence
        ORDER BY 1`,
    );
    return rows.map(({ first_sequence, last_sequence, last_hash }) => ({
      from: Number(first_sequence),
      to: { sequence: Number(last_sequence), hash: last_hash },
    }));
  }

  private async keep(manager: EntityManager, runs: readonly Run[]): Promise<void> {
    const rows = runs.map((run) => ({
      firstSequence: run.from,
      lastSequence: run.to.sequence,
      lastHash: run.to.hash,
      mac: this.audit.proofs.ofRun(run),
    }));
    if (rows.length > 0) await manager.insert(AuditRetiredRun, rows);
  }
}
