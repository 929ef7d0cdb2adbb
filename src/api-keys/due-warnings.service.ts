import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Clock } from '../common/clock.js';
import { statusOf } from './api-key-status.js';
import { ApiKeyRow } from './api-key.entity.js';
import { nextWarningAt } from './warning-times.js';

/** A key whose warning was due, and whether its owner still has to be told. */
export interface DueWarning {
  readonly key: ApiKeyRow;
  /** False: it is switched off, has a successor, or is over already. */
  readonly isNeeded: boolean;
}

/** Keys of which somebody must be told that they will end. */
@Injectable()
export class DueWarnings {
  constructor(private readonly clock: Clock) {}

  /**
   * Takes one whose time has come, and sets its next time: who rolls back leaves both to the next one. Of many at once
   * each gets another. Undefined: none is due.
   */
  async take(manager: EntityManager): Promise<DueWarning | undefined> {
    const now = this.clock.now();
    const key = await manager
      .getRepository(ApiKeyRow)
      .createQueryBuilder('key')
      .where('key.nextWarningAt <= :now', { now }) // api_keys_next_warning_at_idx
      .orderBy('key.nextWarningAt')
      .limit(1)
      .setLock('for_no_key_update')
      .setOnLocked('skip_locked')
      .getOne();
    if (key === null) return undefined;
    await manager.update(
      ApiKeyRow,
      { id: key.id }, // api_keys_pkey
      { nextWarningAt: nextWarningAt(key.expiresAt, now) },
    );
    const status = statusOf(key, now);
    return { key, isNeeded: status === 'active' || status === 'not_yet_valid' };
  }
}
