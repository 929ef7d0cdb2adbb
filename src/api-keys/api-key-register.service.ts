import { timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../common/clock.js';
import { KeyRing } from '../config/key-ring.js';
import { type ApiKeyStatus, statusOf } from './api-key-status.js';
import { ApiKeyRow } from './api-key.entity.js';
import type { ApiKey } from './api-key.js';
import { PEPPER_PURPOSE } from './peppers.service.js';

const BATCH = 500;

/** A key, and whose it is. */
export interface RegisteredKey {
  readonly row: ApiKeyRow;
  readonly status: ApiKeyStatus;
}

/** How many keys, ended ones left out, are hashed with the newest pepper, and with older ones. */
export interface PepperStatus {
  readonly newest: number;
  readonly older: number;
}

/** All API keys of the house, for the operator: it makes no pepper and writes nothing. */
@Injectable()
export class ApiKeyRegister {
  constructor(
    private readonly dataSource: DataSource,
    private readonly ring: KeyRing,
    private readonly clock: Clock,
  ) {}

  /** Newest first, a batch at a time, each with its owner; ended ones, too. */
  async *list(ownerId?: string): AsyncGenerator<RegisteredKey> {
    for (let before: string | undefined; ;) {
      const rows = await this.batch(ownerId, before);
      const now = this.clock.now();
      for (const row of rows) yield { row, status: statusOf(row, now) };
      before = rows.at(-1)?.id;
      if (rows.length < BATCH || before === undefined) return;
    }
  }

  /** Whether somebody could come in with it, or could have. @throws if no secret key of the ring opens its pepper */
  async isGenuine(key: ApiKey): Promise<boolean> {
    const row = await this.dataSource.manager.findOne(ApiKeyRow, {
      where: { id: key.id }, // api_keys_pkey
      relations: { pepper: true },
    });
    if (!row?.pepper) return false;
    const { id, sealedPepper } = row.pepper;
    return timingSafeEqual(
      key.mac(this.ring.open(PEPPER_PURPOSE, id, sealedPepper)),
      row.secretMac,
    );
  }

  async pepperStatus(): Promise<PepperStatus> {
    // Once in a while, by hand: the whole table is read.
    const [row] = await this.dataSource.query<[PepperStatus]>(
      `SELECT count(*) FILTER (WHERE p.made_under = $1)::int AS newest,
              count(*) FILTER (WHERE p.made_under <> $1)::int AS older
         FROM api_keys k JOIN api_key_peppers p ON p.id = k.pepper_id
        WHERE k.revoked_at IS NULL AND COALESCE(k.retires_at, k.expires_at) > $2`,
      [this.ring.newestMark, this.clock.now()],
    );
    return row;
  }

  private batch(ownerId: string | undefined, before: string | undefined): Promise<ApiKeyRow[]> {
    const query = this.dataSource
      .getRepository(ApiKeyRow)
      .createQueryBuilder('key')
      .innerJoinAndSelect('key.user', 'user')
      .orderBy('key.id', 'DESC') // api_keys_pkey, or api_keys_user_id_id_idx
      .limit(BATCH);
    if (ownerId !== undefined) query.andWhere('key.userId = :ownerId', { ownerId });
    if (before !== undefined) query.andWhere('key.id < :before', { before });
    return query.getMany();
  }
}
