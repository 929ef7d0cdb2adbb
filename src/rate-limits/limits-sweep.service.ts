import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../common/clock.js';
import { Sweep } from '../database/sweep.js';

/** Forgets counts that are over: they hold nobody off. */
@Injectable()
export class LimitsSweepService extends Sweep {
  constructor(dataSource: DataSource, clock: Clock) {
    super(dataSource, clock, {
      name: 'Limits',
      what: 'Counters',
      rows: [
        { table: 'rate_counters', key: 'key', end: 'ends_at' }, // rate_counters_ends_at_idx
        { table: 'guess_counts', key: 'account', end: 'expires_at' }, // guess_counts_expires_at_idx
      ],
    });
  }
}
