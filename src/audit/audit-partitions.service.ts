import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Clock } from '../common/clock.js';
import { Month } from './month.js';

/** Names the lock of whoever adds or takes away partitions. */
export const PARTITIONS_LOCK = 7_165_201_993;
/** Months that are ready beforehand, this one among them. */
const READY = 3;

/** Sees to it that the coming months have partitions. An event without one lands in the default partition. */
@Injectable()
export class AuditPartitionsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  async prepare(): Promise<void> {
    const coming = this.coming();
    if (await this.isReady(coming)) return;
    await this.dataSource.transaction(async (manager) => {
      await manager.query('SELECT pg_advisory_xact_lock($1)', [PARTITIONS_LOCK]);
      // Sign-ins queue up behind whoever waits for the table: rather fail and come again.
      await manager.query("SET LOCAL lock_timeout = '1s'");
      const strays = await this.strays(manager);
      if (strays.length === 0) await this.add(manager, coming);
      else await this.sortOut(manager, [...strays, ...coming]);
    });
  }

  /** The partitions of months. */
  async months(manager: EntityManager = this.dataSource.manager): Promise<Month[]> {
    const rows = await manager.query<{ name: string }[]>(
      `SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'audit_events'::regclass ORDER BY 1`,
    );
    return rows.flatMap(({ name }) => Month.ofPartition(name) ?? []);
  }

  private coming(): Month[] {
    const now = Month.of(this.clock.now());
    return Array.from({ length: READY }, (_, ahead) => now.after(ahead));
  }

  private async isReady(coming: readonly Month[]): Promise<boolean> {
    const there = new Set((await this.months()).map(({ partition }) => partition));
    const [stray] = await this.dataSource.query<unknown[]>(
      'SELECT 1 FROM audit_events_default LIMIT 1',
    );
    return stray === undefined && coming.every(({ partition }) => there.has(partition));
  }

  /** The months whose events had no partition. */
  private async strays(manager: EntityManager): Promise<Month[]> {
    const rows = await manager.query<{ month: Date }[]>(
      `SELECT DISTINCT date_trunc('month', occurred_at, 'UTC') AS month FROM audit_events_default`,
    );
    return rows.map(({ month }) => Month.of(month));
  }

  private async add(manager: EntityManager, months: readonly Month[]): Promise<void> {
    for (const month of months) {
      await manager.query(
        `CREATE TABLE IF NOT EXISTS ${month.partition} PARTITION OF audit_events
           FOR VALUES FROM ('${month.firstId}') TO ('${month.after(1).firstId}')`,
      );
    }
  }

  /** A partition cannot be added while the default one holds its rows: they step aside and come back. */
  private async sortOut(manager: EntityManager, months: readonly Month[]): Promise<void> {
    await manager.query('LOCK TABLE audit_events IN ACCESS EXCLUSIVE MODE');
    await manager.query(
      'CREATE TEMP TABLE audit_strays ON COMMIT DROP AS SELECT * FROM audit_events_default',
    );
    await manager.query('ALTER TABLE audit_events DETACH PARTITION audit_events_default');
    await manager.query('DROP TABLE audit_events_default');
    await this.add(manager, months);
    await manager.query('CREATE TABLE audit_events_default PARTITION OF audit_events DEFAULT');
    await manager.query('INSERT INTO audit_events SELECT * FROM audit_strays');
  }
}
