import fc from 'fast-check';
import { acceptedLanguages } from '../../../src/common/http/accept-language.js';

describe('Accept-Language', () => {
  it.each([
    ['de', ['de']],
    ['de-at, en;q=0.8, fr;q=0.9', ['de-AT', 'fr', 'en']],
    ['da, en-gb;q=0.8, en;q=0.7', ['da', 'en-GB', 'en']], // RFC 9110, 12.5.4
    ['en;q=0.5,de;q=0.5', ['en', 'de']],
    ['fr;q=0, de', ['de']],
    ['*, de;q=0.5', ['de']],
    ['*', []],
    ['de ; q=0.5\t,\ten', ['en', 'de']],
    ['de;Q=0.1, en;q=1.000', ['en', 'de']],
    ['de, DE, de', ['de']],
    [',, ,de,', ['de']],
    ['', []],
    [undefined, []],
  ])('%j: %j', (header, languages) => {
    expect(acceptedLanguages(header)).toEqual(languages);
  });

  it.each([
    'de;q=2',
    'de;q=0.1234',
    'de;q=-1',
    'de;q=',
    'de;q=1;q=0',
    'de;level=1',
    'de_AT',
    '../../etc',
    'de\r\nx',
    'd',
    'toolonglanguage',
    'de-',
    `${'a'.repeat(8)}${'-b'.repeat(20)}`,
  ])('%j is no wish', (item) => {
    expect(acceptedLanguages(`${item}, en`)).toEqual(['en']);
  });

  it('is read no further than people write it', () => {
    const many = Array.from({ length: 40 }, (_, i) => `a${String.fromCharCode(97 + (i % 26))}`);
    expect(acceptedLanguages(many.join(','))).toHaveLength(5);
    expect(acceptedLanguages(`${'x,'.repeat(16)}de`)).toEqual([]);
    expect(acceptedLanguages(`${' '.repeat(600)}de`)).toEqual([]);
  });

  it('gives five tags at most, each well-formed, whatever it is', () => {
    const piece = fc.constantFrom(
      'de',
      'en-GB',
      '*',
      ';',
      'q=',
      '0.5',
      '1',
      ',',
      '-',
      ' ',
      'x'.repeat(50),
    );
    const header = fc.oneof(
      fc.string(),
      fc.array(piece).map((pieces) => pieces.join('')),
    );
    fc.assert(
      fc.property(header, (text) => {
        const languages = acceptedLanguages(text);
        expect(languages.length).toBeLessThanOrEqual(5);
        for (const tag of languages) expect(tag).toMatch(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$/);
      }),
    );
  });

  it('takes no longer for a header that is meant to take long', () => {
    for (const evil of [
      'de;'.repeat(9999),
      'a-'.repeat(9999),
      `de${' '.repeat(99_999)};q=1`,
      ';q=0.'.repeat(9999),
    ]) {
      expect(acceptedLanguages(evil).length).toBeLessThanOrEqual(5);
    }
  });
});
