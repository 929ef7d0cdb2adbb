import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../common/clock.js';
import { Sweep } from '../database/sweep.js';

/** Removes sessions that are over: they open nothing. */
@Injectable()
export class SessionSweepService extends Sweep {
  constructor(dataSource: DataSource, clock: Clock) {
    super(dataSource, clock, {
      name: 'Sessions',
      what: 'Sessions',
      rows: [{ table: 'sessions', key: 'id', end: 'expires_at' }], // sessions_expires_at_idx
    });
  }
}
