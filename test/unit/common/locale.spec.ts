import { canonicalLocale, fallbacksOf } from '../../../src/common/locale.js';

describe('a language tag', () => {
  it.each([
    ['de', 'de'],
    ['DE-at', 'de-AT'],
    ['zh-hant-tw', 'zh-Hant-TW'],
    ['sr-Latn-RS', 'sr-Latn-RS'],
    ['es-419', 'es-419'],
    ['de-DE-u-co-phonebk', 'de-DE-u-co-phonebk'],
    ['iw', 'he'],
    ['cmn', 'zh'],
  ])('%s is kept as %s', (typed, canonical) => {
    expect(canonicalLocale(typed)).toBe(canonical);
    expect(canonicalLocale(canonical)).toBe(canonical);
  });

  it.each([
    '',
    'd',
    'x-mine',
    'de_AT',
    'de-',
    '-de',
    'de--AT',
    'deutschland',
    'german',
    'de-AT-de-AT-1901-1901',
    'ä',
    'de\n',
    ' de',
    '../de',
    `de-${'x'.repeat(33)}`,
    `de${'-abcd'.repeat(8)}`,
  ])('%j is none', (typed) => {
    expect(canonicalLocale(typed)).toBeUndefined();
  });

  it.each([
    ['de', ['de']],
    ['zh-Hant-TW', ['zh-Hant-TW', 'zh-Hant', 'zh']],
    ['de-DE-u-co-phonebk', ['de-DE-u-co-phonebk', 'de-DE-u-co', 'de-DE', 'de']],
  ])('%s narrows %j', (tag, wider) => {
    expect(fallbacksOf(tag)).toEqual(wider);
  });
});
