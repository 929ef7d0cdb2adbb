import {
  MaximumLengthRule,
  MinimumLengthRule,
  WellFormedRule,
} from '../../../src/passwords/length.rules.js';
import { NumericRule } from '../../../src/passwords/numeric.rule.js';

const ASCII = 'x';
const TWO_BYTES = 'é';
const FOUR_BYTES = '🔑';

describe('the shortest password', () => {
  const rule = new MinimumLengthRule(15);

  test.each([ASCII, TWO_BYTES, FOUR_BYTES])('has 15 characters, of %p too', (character) => {
    expect(rule.check(character.repeat(15))).toBeUndefined();
    expect(rule.check(character.repeat(14))).toEqual({
      code: 'password_too_short',
      message: 'This password is too short. It must contain at least 15 characters.',
      params: { minLength: 15 },
    });
  });

  test('may be of spaces, inside and out', () => {
    expect(rule.check(' '.repeat(15))).toBeUndefined();
    expect(rule.check(`\t${'x'.repeat(13)}\u00a0`)).toBeUndefined();
  });

  test('counts the code points of a family, not the family', () => {
    const family = '👨‍👩‍👧‍👦';
    expect(rule.check(family)).toBeDefined();
    expect(rule.check(family + family + 'x')).toBeUndefined();
    expect(rule.check(family + family)).toBeDefined();
  });

  test('is told in advance, in good English', () => {
    expect(rule.describe()).toEqual({
      code: 'password_too_short',
      message: 'Your password must contain at least 15 characters.',
      params: { minLength: 15 },
    });
    expect(new MinimumLengthRule(1).describe().message).toMatch(/at least 1 character\.$/);
  });
});

describe('the longest password', () => {
  const rule = new MaximumLengthRule();

  test.each([ASCII, TWO_BYTES, FOUR_BYTES])('has 128 characters, of %p too', (character) => {
    expect(rule.check(character.repeat(128))).toBeUndefined();
    expect(rule.check(character.repeat(129))).toEqual({
      code: 'password_too_long',
      message: 'This password is too long. It must contain at most 128 characters.',
      params: { maxLength: 128 },
    });
  });

  test('is told in advance', () => {
    expect(rule.describe()).toMatchObject({ params: { maxLength: 128 } });
  });
});

describe('a password is Unicode text', () => {
  const rule = new WellFormedRule();

  test.each(['\ud800', 'a\udc00b', 'ends in half of a pair \ud83d', '\udd11\ud83d'])(
    '%j is not',
    (password) => {
      expect(rule.check(password)?.code).toBe('password_malformed');
    },
  );

  test.each(['', '🔑', 'a\0b', '\ufffd', '\uffff', '\u202e'])('%j is', (password) => {
    expect(rule.check(password)).toBeUndefined();
  });
});

describe('a password of nothing but digits', () => {
  const rule = new NumericRule();

  test.each(['1234567890', '１٠①', '²³¹', '⁴₄⓪❶➀🄀', '६७८', '𝟘𝟙'])('%s is refused', (password) => {
    expect(rule.check(password)).toEqual({
      code: 'password_entirely_numeric',
      message: 'This password is entirely numeric.',
    });
  });

  test.each(['½', '12½', '-1', '1 2', '12e', '12\n', 'Ⅷ', '⑩', '一二三', ''])(
    '%j is something else',
    (password) => {
      expect(rule.check(password)).toBeUndefined();
    },
  );
});
