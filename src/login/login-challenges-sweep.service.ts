import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../common/clock.js';
import { Sweep } from '../database/sweep.js';

/** Removes logins whose second factor never came. */
@Injectable()
export class LoginChallengesSweep extends Sweep {
  constructor(dataSource: DataSource, clock: Clock) {
    super(dataSource, clock, {
      name: 'Login',
      what: 'Unfinished sign-ins',
      rows: [{ table: 'login_challenges', key: 'id', end: 'expires_at' }], // login_challenges_expires_at_idx
    });
  }
}
