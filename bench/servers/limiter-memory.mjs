// The limiter alone, counting in memory: 1,000,000 addresses try once, and once more than they may.
import { randomBytes } from 'node:crypto';
import { Clock } from '../../dist/common/clock.js';
import { KeyRing } from '../../dist/config/key-ring.js';
import { AddressLimits } from '../../dist/rate-limits/address-limits.service.js';
import { MemoryCounters } from '../../dist/rate-limits/memory-counters.js';

const CALLERS = 1_000_000;
const counters = new MemoryCounters();
const limits = new AddressLimits(counters, new KeyRing([randomBytes(32)]), new Clock());
const quota = { name: 'bench', limit: 1, window: 900 };
const measure = () => {
  global.gc();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heap: heapUsed + external, rss };
};
const MB = (bytes) => Math.round(bytes / 1e5) / 10;

const before = measure();
for (let i = 0; i < CALLERS; i++) {
  const caller = { ip: `10.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}` };
  await limits.count(quota, caller);
  await limits.count(quota, caller);
}
const after = measure();
process.send({
  callers: CALLERS,
  remembered: counters.size,
  'MB of heap': MB(after.heap - before.heap),
  'MB of RSS': MB(after.rss - before.rss),
});
process.exit(0);
