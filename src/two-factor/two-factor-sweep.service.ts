import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../common/clock.js';
import { Sweep } from '../database/sweep.js';

/** Removes what was shown to set up or to prove a factor, and never answered. */
@Injectable()
export class TwoFactorSweep extends Sweep {
  constructor(dataSource: DataSource, clock: Clock) {
    super(dataSource, clock, {
      name: 'Factors',
      what: 'Unfinished set-ups of second factors',
      rows: [
        { table: 'totp_enrollments', key: 'user_id', end: 'expires_at' }, // totp_enrollments_expires_at_idx
        { table: 'passkey_challenges', key: 'id', end: 'expires_at' }, // passkey_challenges_expires_at_idx
      ],
    });
  }
}
