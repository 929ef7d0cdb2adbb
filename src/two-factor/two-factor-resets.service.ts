import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Clock } from '../common/clock.js';
import { Settings } from '../config/settings.js';
import type { TwoFactorReset } from './two-factor-reset.entity.js';

export type PendingReset = Pick<
  TwoFactorReset,
  'userId' | 'requestedBy' | 'reason' | 'createdAt' | 'dueAt'
>;

const COLUMNS =
  'user_id AS "userId", requested_by AS "requestedBy", reason, created_at AS "createdAt", due_at AS "dueAt"';

/**
 * Resets of second factors that wait. The only place that queries `two_factor_resets`. Whoever takes the row decides
 * what becomes of it, so of all who stop and execute at once one does; each locks the row of the user first.
 */
@Injectable()
export class TwoFactorResets {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly settings: Settings,
  ) {}

  async pending(userId: string): Promise<PendingReset | undefined> {
    const [row] = await this.dataSource.query<PendingReset[]>(
      `SELECT ${COLUMNS} FROM two_factor_resets WHERE user_id = $1`, // two_factor_resets_pkey
      [userId],
    );
    return row;
  }

  async isDue(userId: string): Promise<boolean> {
    const pending = await this.pending(userId);
    return pending !== undefined && pending.dueAt <= this.clock.now();
  }

  /** Whether one waits, within a transaction that holds the lock of the user. */
  async isPending(manager: EntityManager, userId: string): Promise<boolean> {
    const rows = await manager.query<unknown[]>(
      'SELECT 1 FROM two_factor_resets WHERE user_id = $1', // two_factor_resets_pkey
      [userId],
    );
    return rows.length > 0;
  }

  /** Returns when it is due. Undefined: one waits already. */
  async request(
    manager: EntityManager,
    { userId, requestedBy, reason }: Pick<PendingReset, 'userId' | 'requestedBy' | 'reason'>,
  ): Promise<Date | undefined> {
    const dueAt = this.clock.in(this.settings.twoFactor.resetDelay);
    const rows = await manager.query<unknown[]>(
      `INSERT INTO two_factor_resets (user_id, requested_by, reason, created_at, due_at)
       VALUES ($1, $2, $3, $4, $5) ON CONFLICT (user_id) DO NOTHING RETURNING 1`,
      [userId, requestedBy, reason, this.clock.now(), dueAt],
    );
    return rows.length === 1 ? dueAt : undefined;
  }

  /** Takes it away, due or not. Undefined: there is none, or somebody else had it. */
  take(manager: EntityManager, userId: string): Promise<PendingReset | undefined> {
    return this.remove(manager, 'user_id = $1', [userId]);
  }

  takeDue(manager: EntityManager, userId: string): Promise<PendingReset | undefined> {
    return this.remove(manager, 'user_id = $1 AND due_at <= $2', [userId, this.clock.now()]);
  }

  /** Whose is due, of those that nobody else has in hand; she is locked until the transaction ends. */
  async lockOneDue(manager: EntityManager): Promise<string | undefined> {
    const [row] = await manager.query<{ id: string }[]>(
      // Indexes: two_factor_resets_due_at_idx, users_pkey
      `SELECT u.id FROM two_factor_resets r JOIN users u ON u.id = r.user_id
        WHERE r.due_at <= $1 ORDER BY r.due_at LIMIT 1 FOR NO KEY UPDATE OF u SKIP LOCKED`,
      [this.clock.now()],
    );
    return row?.id;
  }

  private async remove(
    manager: EntityManager,
    where: string,
    values: readonly unknown[],
  ): Promise<PendingReset | undefined> {
    const [row] = await manager.query<PendingReset[]>(
      // Index: two_factor_resets_pkey
      `WITH taken AS (DELETE FROM two_factor_resets WHERE ${where} RETURNING *)
       SELECT ${COLUMNS} FROM taken`,
      [...values],
    );
    return row;
  }
}
