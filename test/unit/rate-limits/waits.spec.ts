import fc from 'fast-check';
import { waits } from '../../../src/rate-limits/waits.js';

describe('The waits after failures', () => {
  it('begin after the free ones, double, and are an hour at most', () => {
    expect(waits({ free: 3, first: 900, most: 8 }).map((wait) => wait / 1000)).toEqual([
      0, 0, 900, 1800, 3600, 3600, 3600, 3600,
    ]);
  });

  it('are never shorter than the first one', () => {
    expect(waits({ free: 1, first: 7200, most: 3 })).toEqual([7_200_000, 7_200_000, 7_200_000]);
  });

  it('never shrink, and fit into 32 bits', () => {
    const some = fc.record({
      free: fc.integer({ min: 1, max: 89 }),
      first: fc.integer({ min: 1, max: 86_400 }),
      most: fc.integer({ min: 1, max: 90 }),
    });
    fc.assert(
      fc.property(some, (patience) => {
        const all = waits(patience);
        expect(all).toHaveLength(patience.most);
        expect([...all].sort((a, b) => a - b)).toEqual(all);
        expect(Math.max(...all)).toBeLessThan(2 ** 31);
      }),
    );
  });
});
