import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../common/clock.js';
import { Sweep } from '../database/sweep.js';
import { UnwantedTokens } from './tokens/unwanted-tokens.service.js';

/** Removes ways that nobody came back on, codes that nobody exchanged, and tokens that nobody wants any more. */
@Injectable()
export class SocialSweepService extends Sweep {
  constructor(
    dataSource: DataSource,
    clock: Clock,
    private readonly tokens: UnwantedTokens,
  ) {
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

  override async sweep(): Promise<number> {
    return (await super.sweep()) + (await this.tokens.remove());
  }
}
