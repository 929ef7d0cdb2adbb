import { RefusalPace } from '../../../src/common/http/refusal-pace.js';

describe('Refusals for now', () => {
  const after = (pace: RefusalPace, count: number, at: number) =>
    Array.from({ length: count }, () => pace.next(at)).at(-1);

  it('are answered at once while they are few', () => {
    const pace = new RefusalPace(1000);
    expect(after(pace, 20, 0)).toBe(0);
    for (let second = 1; second < 100; second++) expect(pace.next(second * 1000)).toBe(0);
  });

  it('take a second or two each when they are many', () => {
    const pace = new RefusalPace(1000);
    after(pace, 20, 0);
    const pauses = Array.from({ length: 100 }, () => pace.next(1));
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(1000);
    expect(Math.max(...pauses)).toBeLessThan(2000);
    expect(new Set(pauses).size).toBeGreaterThan(90);
  });

  it('are few again a while after the last', () => {
    const pace = new RefusalPace(1000);
    after(pace, 1000, 0);
    expect(pace.next(1000)).toBeGreaterThan(0);
    expect(pace.next(12_000)).toBe(0);
  });
});
