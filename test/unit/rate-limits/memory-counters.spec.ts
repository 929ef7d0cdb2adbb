import { randomBytes } from 'node:crypto';
import { MemoryCounters } from '../../../src/rate-limits/memory-counters.js';

const QUOTA = { name: 'test', limit: 2, window: 60 };

describe('Counting in memory', () => {
  it('counts to the limit, begins anew after the window, and takes back', async () => {
    const counters = new MemoryCounters();
    const key = randomBytes(16);
    expect(await counters.add(key, QUOTA, 0)).toEqual({ count: 1, taken: 1, endsAt: 60_000 });
    expect(await counters.add(key, QUOTA, 1)).toEqual({ count: 2, taken: 1, endsAt: 60_000 });
    expect(await counters.add(key, QUOTA, 2)).toEqual({
      count: undefined,
      taken: 0,
      endsAt: 60_000,
    });
    await counters.takeBack(key, 60_000);
    expect((await counters.add(key, QUOTA, 3)).count).toBe(2);
    await counters.takeBack(key, 1);
    expect((await counters.add(key, QUOTA, 4)).count).toBeUndefined();
    expect(await counters.add(key, QUOTA, 60_000)).toEqual({ count: 1, taken: 1, endsAt: 120_000 });
  });

  it('B16 remembers no more than 100,000 of whoever passes through', async () => {
    const counters = new MemoryCounters();
    for (let i = 0; i < 150_000; i++) await counters.add(randomBytes(16), QUOTA, 0);
    expect(counters.size).toBe(100_000);
  });
});
