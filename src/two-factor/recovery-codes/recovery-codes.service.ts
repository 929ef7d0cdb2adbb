import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { Clock } from '../../common/clock.js';
import { RecoveryCode } from './recovery-code.entity.js';
import { newRecoveryCode, recoveryCodeHash } from './recovery-code.js';

/** How many there are of a kind; each counts once. */
const COUNT = 10;

/** The codes that stand in for a lost factor. The only place that queries `recovery_codes`. */
@Injectable()
export class RecoveryCodesService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /** How many are still good. */
  async left(userId: string, manager: EntityManager = this.dataSource.manager): Promise<number> {
    const [row] = await manager.query<{ left: number }[]>(
      // Index: recovery_codes_user_id_code_hash_key
      `SELECT count(*)::int AS left FROM recovery_codes WHERE user_id = $1 AND used_at IS NULL`,
      [userId],
    );
    return row?.left ?? 0;
  }

  /** New ones, which are shown now and never again; those of before open nothing any more. The caller holds the lock of the user. */
  async replace(manager: EntityManager, userId: string): Promise<readonly string[]> {
    await this.remove(manager, userId);
    const codes = Array.from({ length: COUNT }, newRecoveryCode);
    const msecs = this.clock.millis();
    const rows = codes.map(({ hash: codeHash }) => ({
      id: uuidv7({ msecs }),
      userId,
      codeHash,
      createdAt: this.clock.now(),
      usedAt: null,
    }));
    await manager.insert(RecoveryCode, rows);
    return codes.map(({ shown }) => shown);
  }

  async remove(manager: EntityManager, userId: string): Promise<void> {
    await manager.delete(RecoveryCode, { userId }); // recovery_codes_user_id_code_hash_key
  }

  /** In one statement: of fifty that show the same at once, one is told so. False: it is none, or was used. */
  async spend(manager: EntityManager, userId: string, shown: string): Promise<boolean> {
    const hash = recoveryCodeHash(shown);
    if (hash === undefined) return false;
    const [, count] = await manager.query<[unknown, number]>(
      // Index: recovery_codes_user_id_code_hash_key
      `UPDATE recovery_codes SET used_at = $3
        WHERE user_id = $1 AND code_hash = $2 AND used_at IS NULL`,
      [userId, hash, this.clock.now()],
    );
    return count === 1;
  }
}
