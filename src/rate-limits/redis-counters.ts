import { Injectable } from '@nestjs/common';
import { RedisService } from '../database/redis/redis.service.js';
import { Counters } from './counters.js';
import { DatabaseCounters } from './database-counters.js';
import type { Count, Quota } from './quota.js';

const ADD = `
local seen = redis.call('HMGET', KEYS[1], 'count', 'ends')
local count, ends = tonumber(seen[1]), tonumber(seen[2])
local limit, amount = tonumber(ARGV[1]), tonumber(ARGV[5])
if not ends or ends <= tonumber(ARGV[2]) or ends > tonumber(ARGV[3]) + tonumber(ARGV[4]) then
  local taken = math.min(amount, limit)
  redis.call('HSET', KEYS[1], 'count', taken, 'ends', ARGV[3])
  redis.call('PEXPIRE', KEYS[1], ARGV[4])
  return {taken, ARGV[3], taken}
end
if count >= limit then return {0, seen[2], 0} end
local taken = math.min(amount, limit - count)
return {redis.call('HINCRBY', KEYS[1], 'count', taken), seen[2], taken}`;

const TAKE_BACK = `
local seen = redis.call('HMGET', KEYS[1], 'count', 'ends')
if seen[2] == ARGV[1] and tonumber(seen[1]) > 0 then redis.call('HINCRBY', KEYS[1], 'count', -1) end`;

const nameOf = (key: Buffer): string => `gatehouse:limit:${key.toString('base64url')}`;

/** Counts for all nodes in Redis; while it is away, in the database: a limit never falls open. */
@Injectable()
export class RedisCounters extends Counters {
  constructor(
    private readonly redis: RedisService,
    private readonly database: DatabaseCounters,
  ) {
    super();
  }

  async add(key: Buffer, quota: Quota, now: number, amount = 1): Promise<Count> {
    const window = quota.window * 1000;
    const given = [quota.limit, now, now + window, window, amount];
    const asked = await this.redis.ask((client) => client.eval(ADD, 1, nameOf(key), ...given));
    if (asked === undefined) return this.database.add(key, quota, now, amount);
    const [count, endsAt, taken] = asked.answer as [number, string, number];
    return { count: count === 0 ? undefined : count, taken, endsAt: Number(endsAt) };
  }

  async takeBack(key: Buffer, endsAt: number): Promise<void> {
    const name = nameOf(key);
    const asked = await this.redis.ask((client) => client.eval(TAKE_BACK, 1, name, String(endsAt)));
    if (asked === undefined) await this.database.takeBack(key, endsAt);
  }
}
