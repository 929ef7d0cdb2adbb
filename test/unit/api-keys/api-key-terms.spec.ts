import { retirementOf, successorsEnd, termsOf } from '../../../src/api-keys/api-key-terms.js';
import { ValidationFailed } from '../../../src/common/failures.js';

const NOW = new Date('2026-11-22T12:00:00.000Z');
const LIMITS = { ttl: 1000, maxTtl: 5000 };
const at = (seconds: number) => new Date(NOW.getTime() + seconds * 1000);
const text = (seconds: number) => at(seconds).toISOString();

const complaint = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    if (!(error instanceof ValidationFailed)) throw error;
    return (error.errors ?? []).map(({ field, code }) => `${field} ${code}`).join();
  }
  return 'none';
};

describe('How long a key is good', () => {
  it('is as long as wished, or as long as is usual', () => {
    expect(termsOf({}, NOW, LIMITS)).toEqual({ startsAt: null, expiresAt: at(1000) });
    const wish = { startsAt: text(5), expiresAt: text(5000) };
    expect(termsOf(wish, NOW, LIMITS)).toEqual({ startsAt: at(5), expiresAt: at(5000) });
    expect(termsOf({ startsAt: null, expiresAt: null }, NOW, LIMITS).expiresAt).toEqual(at(1000));
  });

  it.each([
    [{ expiresAt: text(0) }, 'expiresAt not_in_future'],
    [{ expiresAt: text(5000.001) }, 'expiresAt too_late'],
    [{ startsAt: text(0) }, 'startsAt not_in_future'],
    [{ startsAt: text(1000) }, 'startsAt not_before_end'],
    [{ startsAt: text(9), expiresAt: text(9) }, 'startsAt not_before_end'],
  ])('is not %j', (wish, expected) => {
    expect(complaint(() => termsOf(wish, NOW, LIMITS))).toBe(expected);
  });
});

describe('A successor', () => {
  const before = { createdAt: at(-300), expiresAt: at(200) };

  it('lives as long as the key before did, at most as long as keys may', () => {
    expect(successorsEnd({}, before, NOW, LIMITS)).toEqual(at(500));
    const older = { createdAt: at(-9000), expiresAt: at(200) };
    expect(successorsEnd({}, older, NOW, LIMITS)).toEqual(at(5000));
  });

  it('lives as long as wished, within the same bounds', () => {
    expect(successorsEnd({ expiresAt: text(7) }, before, NOW, LIMITS)).toEqual(at(7));
    const wish = { expiresAt: text(5001) };
    expect(complaint(() => successorsEnd(wish, before, NOW, LIMITS))).toBe('expiresAt too_late');
  });
});

describe('A key that has a successor', () => {
  it.each([
    [0, 0],
    [100, 100],
    [200, 200],
    [201, 200],
    [1e9, 200],
  ])(
    'ends, with an overlap of %d seconds, after %d: never later than by itself',
    (overlap, end) => {
      expect(retirementOf(at(200), NOW, overlap)).toEqual(at(end));
    },
  );
});
