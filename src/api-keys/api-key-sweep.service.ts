import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../common/clock.js';
import { Sweep } from '../database/sweep.js';

/** Seconds for which a key can still be looked at after its end: 30 days. */
const KEPT = 2_592_000;

const endOf = (end: string) => ({ table: 'api_keys', key: 'id', end, kept: KEPT });

/** Removes keys that ended long ago: by themselves, beside a successor, or because somebody ended them. */
@Injectable()
export class ApiKeySweepService extends Sweep {
  constructor(dataSource: DataSource, clock: Clock) {
    super(dataSource, clock, {
      name: 'ApiKeys',
      what: 'API keys',
      rows: [
        endOf('expires_at'), // api_keys_expires_at_idx
        endOf('retires_at'), // api_keys_retires_at_idx
        endOf('revoked_at'), // api_keys_revoked_at_idx
      ],
    });
  }
}
