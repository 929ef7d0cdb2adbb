import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../common/clock.js';
import { Sweep } from '../database/sweep.js';

/** Removes ways that nobody came back on, and codes that nobody exchanged. */
@Injectable()
export class SocialSweepService extends Sweep {
  constructor(dataSource: DataSource, clock: Clock) {
    super(dataSource, clock, {
      name: 'Social',
      what: 'Ways to providers',
      rows: [
        { table: 'social_flows', key: 'id', end: 'expires_at' }, // social_flows_expires_at_idx
        { table: 'social_used_id_tokens', key: 'hash', end: 'expires_at' }, // social_used_id_tokens_expires_at_idx
        { table: 'social_codes', key: 'id', end: 'expires_at' }, // social_codes_expires_at_idx
      ],
    });
  }
}
