import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../../common/clock.js';
import { Sweep } from '../../database/sweep.js';

/** Removes what was given for a time, when that is over: it allows nothing. Each table has `…_expires_at_idx`. */
@Injectable()
export class RightsSweepService extends Sweep {
  constructor(dataSource: DataSource, clock: Clock) {
    super(dataSource, clock, {
      name: 'Permissions',
      what: 'Rights',
      rows: [
        { table: 'group_members', key: 'group_id, user_id', end: 'expires_at' },
        { table: 'group_inclusions', key: 'group_id, included_id', end: 'expires_at' },
        { table: 'user_permissions', key: 'user_id, permission_id', end: 'expires_at' },
        { table: 'group_permissions', key: 'group_id, permission_id', end: 'expires_at' },
        { table: 'object_permissions', key: 'id', end: 'expires_at' },
      ],
    });
  }
}
