import { Clock } from '../../../src/common/clock.js';
import { KeyRing } from '../../../src/config/key-ring.js';
import { LeasedLimits } from '../../../src/rate-limits/leased-limits.service.js';
import { MemoryCounters } from '../../../src/rate-limits/memory-counters.js';

const HUNDRED = { name: 'test', limit: 100, window: 60 };
const FEW = { name: 'test', limit: 7, window: 60 };

class StillClock extends Clock {
  millisNow = 1_000_000;

  override millis(): number {
    return this.millisNow;
  }
}

function nodes(count: number) {
  const clock = new StillClock();
  const counters = new MemoryCounters();
  const asked = jest.spyOn(counters, 'add');
  const ring = new KeyRing([Buffer.alloc(32)]);
  const all = Array.from({ length: count }, () => new LeasedLimits(counters, ring, clock));
  return { clock, counters, asked, all, first: all[0]! };
}

const allowedOf = (standings: readonly { allowed: boolean }[]) =>
  standings.filter(({ allowed }) => allowed).length;

describe('A limit that nodes take leases of', () => {
  it('asks the store once for each twentieth', async () => {
    const { first, asked } = nodes(1);
    for (let i = 0; i < 100; i++) expect((await first.spend(HUNDRED, 'a')).allowed).toBe(true);
    expect(asked).toHaveBeenCalledTimes(20);
    const refused = await first.spend(HUNDRED, 'a');
    expect(refused).toMatchObject({ allowed: false, remaining: 0, secondsLeft: 60 });
    expect(asked).toHaveBeenCalledTimes(20);
  });

  it('tells how many are left, one less each time', async () => {
    const { first } = nodes(1);
    for (let left = 99; left >= 0; left--) {
      expect((await first.spend(HUNDRED, 'a')).remaining).toBe(left);
    }
  });

  it('answers without asking while some are in hand, and when none are left', async () => {
    const { first } = nodes(1);
    expect(first.peek(HUNDRED, 'a')).toBeUndefined();
    await first.spend(HUNDRED, 'a');
    for (let i = 0; i < 4; i++) expect(first.peek(HUNDRED, 'a')?.allowed).toBe(true);
    expect(first.peek(HUNDRED, 'a')).toBeUndefined();
    for (let i = 0; i < 95; i++) await first.spend(HUNDRED, 'a');
    expect(first.peek(HUNDRED, 'a')?.allowed).toBe(false);
  });

  it('is exact when it is small, over all nodes', async () => {
    const { all } = nodes(3);
    const spent = [];
    for (let i = 0; i < 30; i++) spent.push(await all[i % 3]!.spend(FEW, 'a'));
    expect(allowedOf(spent)).toBe(7);
    expect(spent.slice(0, 7).every(({ allowed }) => allowed)).toBe(true);
  });

  it('is never exceeded by many nodes, and misses a twentieth for each other node at most', async () => {
    const { all } = nodes(4);
    const lone = await Promise.all(
      Array.from({ length: 200 }, (_, i) => all[i < 3 ? i + 1 : 0]!.spend(HUNDRED, 'a')),
    );
    expect(allowedOf(lone)).toBeLessThanOrEqual(100);
    expect(allowedOf(lone)).toBeGreaterThanOrEqual(100 - 3 * 5);
    const rest = await Promise.all(
      Array.from({ length: 200 }, (_, i) => all[i % 4]!.spend(HUNDRED, 'a')),
    );
    expect(allowedOf(lone) + allowedOf(rest)).toBe(100);
  });

  it('of fifty at once asks for all of them together, and takes no more than they need', async () => {
    const { first, asked, all } = nodes(2);
    const spent = await Promise.all(Array.from({ length: 50 }, () => first.spend(FEW, 'a')));
    expect(allowedOf(spent)).toBe(7);
    expect(asked.mock.calls.length).toBeLessThanOrEqual(3);
    asked.mockClear();
    await Promise.all(Array.from({ length: 50 }, () => all[1]!.spend(HUNDRED, 'b')));
    expect(asked).toHaveBeenCalledTimes(2);
    expect(allowedOf([await first.spend(HUNDRED, 'b')])).toBe(1);
  });

  it('begins anew with the next window, whatever was in hand', async () => {
    const { first, clock } = nodes(1);
    await first.spend(HUNDRED, 'a');
    clock.millisNow += 60_000;
    const spent = await Promise.all(Array.from({ length: 120 }, () => first.spend(HUNDRED, 'a')));
    expect(allowedOf(spent)).toBe(100);
  });

  it('that was changed counts from where it was', async () => {
    const { first } = nodes(1);
    for (let i = 0; i < 8; i++) await first.spend(FEW, 'a');
    const spent = [];
    for (let i = 0; i < 10; i++) spent.push(await first.spend({ ...FEW, limit: 10 }, 'a'));
    expect(allowedOf(spent)).toBe(3);
    expect(first.peek(FEW, 'a')).toBeUndefined();
  });

  it('does not hold off for as long as a clock ran ahead', async () => {
    const { first, clock } = nodes(1);
    clock.millisNow += 31_536_000_000;
    for (let i = 0; i < 8; i++) await first.spend(FEW, 'a');
    clock.millisNow -= 31_536_000_000;
    expect((await first.spend(FEW, 'a')).allowed).toBe(true);
  });

  it('is kept apart for each subject', async () => {
    const { first } = nodes(1);
    for (let i = 0; i < 8; i++) await first.spend(FEW, 'a');
    expect((await first.spend(FEW, 'b')).allowed).toBe(true);
  });

  it('lets nobody pass whom the store cannot count, and asks again the next time', async () => {
    const { first, asked } = nodes(1);
    asked.mockRejectedValueOnce(new Error('away'));
    const refused = await Promise.allSettled(
      Array.from({ length: 3 }, () => first.spend(FEW, 'a')),
    );
    expect(refused.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect((await first.spend(FEW, 'a')).allowed).toBe(true);
  });
});
