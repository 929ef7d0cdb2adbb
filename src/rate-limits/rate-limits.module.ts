import { Module } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { RedisModule } from '../database/redis/redis.module.js';
import { AccountLimits } from './account-limits.service.js';
import { AddressLimits } from './address-limits.service.js';
import { Counters } from './counters.js';
import { DatabaseCounters } from './database-counters.js';
import { GuessingBudget } from './guessing-budget.service.js';
import { LeasedLimits } from './leased-limits.service.js';
import { LimitsSweepService } from './limits-sweep.service.js';
import { MemoryCounters } from './memory-counters.js';
import { RedisCounters } from './redis-counters.js';

/** Patience: how often somebody may try. */
@Module({
  imports: [RedisModule],
  providers: [
    MemoryCounters,
    DatabaseCounters,
    RedisCounters,
    {
      provide: Counters,
      inject: [Settings, MemoryCounters, DatabaseCounters, RedisCounters],
      useFactory: (
        { limits }: Settings,
        memory: Counters,
        database: Counters,
        redis: Counters,
      ): Counters => ({ memory, database, redis })[limits.store],
    },
    AccountLimits,
    AddressLimits,
    LeasedLimits,
    GuessingBudget,
    LimitsSweepService,
  ],
  exports: [AccountLimits, AddressLimits, GuessingBudget, LeasedLimits],
})
export class RateLimitsModule {}
