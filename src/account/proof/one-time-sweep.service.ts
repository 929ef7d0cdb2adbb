import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../../common/clock.js';
import { Sweep } from '../../database/sweep.js';

/** What was tried and mailed is counted for a day. */
const COUNTED = 86_400;

/** Removes links that are over, and with them from where they were asked for. */
@Injectable()
export class OneTimeSweepService extends Sweep {
  constructor(dataSource: DataSource, clock: Clock) {
    super(dataSource, clock, {
      name: 'Links',
      what: 'Links',
      rows: [{ table: 'one_time_tokens', key: 'id', end: 'expires_at', kept: COUNTED }], // one_time_tokens_expires_at_idx
    });
  }
}
