import { randomBytes } from 'node:crypto';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { KeyRing } from '../config/key-ring.js';
import { AuditHead } from './audit-chain.entity.js';
import { AuditKey } from './audit-key.entity.js';
import { AuditProofs, GENESIS } from './audit-proofs.js';

export const AUDIT_KEY_PURPOSE = 'audit-key';
const KEY_BYTES = 32;
/** Names the lock of whoever makes the first key. */
const LOCK = 7_165_201_991;

/** The keys of the log book. Read at start, so that no event waits for them. */
@Injectable()
export class AuditKeysService implements OnModuleInit {
  #proofs: AuditProofs | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly ring: KeyRing,
  ) {}

  async onModuleInit(): Promise<void> {
    this.#proofs = new AuditProofs(await this.readOrMake());
  }

  get proofs(): AuditProofs {
    if (this.#proofs === undefined) throw new Error('The keys of the log book are not read yet');
    return this.#proofs;
  }

  private readOrMake(): Promise<readonly Buffer[]> {
    return this.dataSource.transaction(async (manager) => {
      await manager.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
      const rows = await manager
        .createQueryBuilder(AuditKey, 'key')
        .orderBy('key.id', 'DESC')
        .getMany();
      const keys = rows.flatMap((row) => this.open(row) ?? []);
      return keys.length > 0 ? keys : [await this.make(manager)];
    });
  }

  /** One that no secret key opens is passed over: verification tells of what it has proved. */
  private open({ id, sealedKey }: AuditKey): Buffer | undefined {
    try {
      return this.ring.open(AUDIT_KEY_PURPOSE, id, sealedKey);
    } catch {
      return undefined;
    }
  }

  /** The chain begins with its first key, and never again: a head that is missing later was removed. */
  private async make(manager: EntityManager): Promise<Buffer> {
    const key = randomBytes(KEY_BYTES);
    const id = uuidv7();
    await manager.insert(AuditKey, {
      id,
      sealedKey: this.ring.seal(AUDIT_KEY_PURPOSE, id, key),
    });
    await manager
      .createQueryBuilder()
      .insert()
      .into(AuditHead)
      .values({ id: 1, ...GENESIS, mac: new AuditProofs([key]).ofHead(GENESIS) })
      .orIgnore()
      .execute();
    return key;
  }
}
