import { createHash } from 'node:crypto';
import fc from 'fast-check';
import {
  newRecoveryCode,
  recoveryCodeHash,
} from '../../../src/two-factor/recovery-codes/recovery-code.js';

const CODE = '7Q2M-0123-4567-89AB-CDEFG-HJKMN';
const BARE = '7Q2M0123456789ABCDEFGHJKMN';
const hash = createHash('sha256').update(BARE).digest();

describe('Recovery codes', () => {
  it('are 26 of 32 characters, which are 130 bits, in groups', () => {
    for (let i = 0; i < 200; i++) {
      expect(newRecoveryCode().shown).toMatch(
        /^(?:[0-9A-HJKMNP-TV-Z]{4}-){4}[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}$/,
      );
    }
  });

  it('use every character, about equally often', () => {
    const counts = new Map<string, number>();
    for (let i = 0; i < 2000; i++) {
      for (const char of newRecoveryCode().shown.replaceAll('-', '')) {
        counts.set(char, (counts.get(char) ?? 0) + 1);
      }
    }
    expect(counts.size).toBe(32);
    // 1625 each; six standard deviations are 240.
    for (const count of counts.values()) expect(Math.abs(count - 1625)).toBeLessThan(260);
  });

  it('are found again by what is stored of them', () => {
    const { shown, hash: stored } = newRecoveryCode();
    expect(recoveryCodeHash(shown)).toEqual(stored);
    expect(stored).toHaveLength(32);
  });

  it.each([
    ['as they are shown', CODE],
    ['in lower case', CODE.toLowerCase()],
    ['without hyphens', BARE],
    ['with spaces', `  ${CODE.replaceAll('-', ' ')} `],
    ['with hyphens elsewhere', `${BARE.slice(0, 7)}--${BARE.slice(7)}-`],
    ['with O for 0', CODE.replaceAll('0', 'O')],
    ['with l and I for 1', CODE.replaceAll('1', 'l').toUpperCase()],
  ])('G19 are the same %s', (_, shown) => {
    expect(recoveryCodeHash(shown)).toEqual(hash);
  });

  it.each([
    ['the last character missing', CODE.slice(0, -1)],
    ['the first one missing', CODE.slice(1)],
    ['one more', `${CODE}7`],
    ['two codes', CODE + CODE],
    ['nothing', ''],
    ['a U, which there is not', CODE.replace('7', 'U')],
    ['a tab', `${CODE}\t`],
    ['a line break', `${CODE}\n`],
    ['full-width digits', CODE.replace('7', '７')],
    ['another dash', CODE.replaceAll('-', '–')],
    ['a letter that grows in upper case', CODE.replace('7', 'ß')],
    ['one that grows to the right length', `${'S'.repeat(24)}ß`],
    ['a dotless i', CODE.replace('1', 'ı')],
  ])('G19 are none with %s', (_, shown) => {
    expect(recoveryCodeHash(shown)).toBeUndefined();
  });

  it('are none with whatever else', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 64 }), (text) => {
        expect(recoveryCodeHash(text)?.equals(hash) ?? false).toBe(false);
      }),
    );
  });
});
