import fc from 'fast-check';
import { quickRatio, resembles } from '../../../src/passwords/similarity.js';
import { SimilarityRule } from '../../../src/passwords/similarity.rule.js';

const ada = {
  email: 'ada.lovelace@example.com',
  firstName: 'Ada',
  lastName: 'Lovelace',
  organization: 'Analytical Engines',
};
const complaintOf = (password: string, about: Record<string, string | null | undefined> = ada) =>
  new SimilarityRule().check(password, about);

/** The definition in its plainest words: strike out each shared character once. */
function naiveRatio(a: string, b: string): number {
  const rest = Array.from(b);
  const shared = Array.from(a).filter((character) => {
    const at = rest.indexOf(character);
    if (at >= 0) rest.splice(at, 1);
    return at >= 0;
  });
  const total = Array.from(a).length + Array.from(b).length;
  return total === 0 ? 1 : (2 * shared.length) / total;
}

describe('the quick ratio of Python', () => {
  test.each([
    ['lovelace99', 'lovelace', 0.8889],
    ['adalovelace1', 'ada', 0.4],
    ['exampleada', 'ada@example.com', 0.8],
    ['secret', 'terces', 1],
    ['', '', 1],
    ['abc', '', 0],
    ['🔑🔑', '🔑🔒', 0.5],
  ])('of %p and %p is %d', (a, b, expected) => {
    expect(quickRatio(a, b)).toBeCloseTo(expected, 4);
  });

  const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '🔑', '🔒', 'é'), maxLength: 30 });

  test('is what its definition says, and the same both ways', () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(quickRatio(a, b)).toBe(naiveRatio(a, b));
        expect(quickRatio(a, b)).toBe(quickRatio(b, a));
      }),
    );
  });

  test('is 1 for anagrams', () => {
    const letters = fc.array(fc.constantFrom('a', 'b', 'c', '🔑'));
    const shuffled = letters.chain((all) => fc.shuffledSubarray(all, { minLength: all.length }));
    fc.assert(
      fc.property(shuffled, (all) => {
        expect(quickRatio(all.join(''), all.toReversed().join(''))).toBe(1);
      }),
    );
  });
});

describe('a password that resembles what is known of its owner', () => {
  test.each([
    ['lovelace99', 'email', 'email address'],
    ['LOVELACE-ADA@EXAMPLE.COM', 'email', 'email address'],
    ['ecalevol', 'email', 'email address'],
    ['enginesanalytical', 'organization', 'organization'],
  ])('%s is refused for its %s', (password, attribute, words) => {
    expect(complaintOf(password)).toEqual({
      code: 'password_too_similar',
      message: `The password is too similar to the ${words}.`,
      params: { attribute },
    });
  });

  test.each([
    ['firstName', 'first name'],
    ['lastName', 'last name'],
    ['phoneNumber', 'phone number'],
  ])('names %s as "%s"', (attribute, words) => {
    const complaint = complaintOf('grace hopper', { [attribute]: 'Grace Hopper' });
    expect(complaint?.message).toBe(`The password is too similar to the ${words}.`);
  });

  test('is refused whatever the script: words are not ASCII only', () => {
    expect(complaintOf('лавлейс12', { lastName: 'Ада Лавлейс' })).toBeDefined();
    expect(complaintOf('example1', { email: 'ada@example.com' })).toBeDefined();
  });

  test('splits words where Python does: at marks too, not at underscores', () => {
    expect(resembles('hopper', 'grace_hopper_of_the_navy', 0.7)).toBe(false);
    expect(resembles('hopper', 'grace-hopper-of-the-navy', 0.7)).toBe(true);
    expect(resembles('hopper', 'grace\u0301\u0301\u0301hopper!!!!!!!!!!!!!!!!!!', 0.7)).toBe(true);
  });
});

test('passing over words too short to matter changes no verdict (CVE-2021-45115)', () => {
  const words = fc.string({ unit: fc.constantFrom('a', 'b', 'é', '🔑', '-', ' '), maxLength: 40 });
  const share = fc.double({ min: 0.1, max: 1, noNaN: true });
  fc.assert(
    fc.property(words, words, share, (password, value, max) => {
      const parts = [...value.split(/[^\p{L}\p{N}_]+/u), value];
      const plainly = parts.some((part) => naiveRatio(password, part) >= max);
      expect(resembles(password, value, max)).toBe(plainly);
    }),
    { numRuns: 500 },
  );
});

describe('a password passes', () => {
  test.each(['adalovelace1 and the engine', 'correct horse battery', 'a'])('%p', (password) => {
    expect(complaintOf(password, { firstName: 'Ada' })).toBeUndefined();
  });

  test('when nothing is known', () => {
    expect(complaintOf('lovelace', {})).toBeUndefined();
    expect(complaintOf('lovelace', { email: undefined, lastName: null, firstName: '' })).toBe(
      undefined,
    );
  });
});

test('a similarity that refuses everything is a mistake in the set-up', () => {
  expect(() => new SimilarityRule(0.09)).toThrow(RangeError);
  expect(() => new SimilarityRule(0.1)).not.toThrow();
});
