import { inspect } from 'node:util';
import fc from 'fast-check';
import { v7 as uuidv7 } from 'uuid';
import { ApiKey, prefixOf } from '../../../src/api-keys/api-key.js';

const PEPPER = Buffer.alloc(32, 7);
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_- \n';
const KEY = ApiKey.issue('live');
const TEXT = KEY.reveal();
const read = (text: string) => ApiKey.parse('live', text);

describe('An API key', () => {
  it('is one word that says what it is, and names its row', () => {
    const id = uuidv7();
    const text = ApiKey.issue('test', id).reveal();
    expect(text).toMatch(/^gh_test_[0-9A-Za-z]{22}_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}$/);
    expect(text.startsWith(`${prefixOf('test', id)}_`)).toBe(true);
    expect(ApiKey.parse('test', text)?.id).toBe(id);
  });

  it('is read as it was issued, with the same HMAC', () => {
    expect(read(TEXT)?.reveal()).toBe(TEXT);
    expect(read(TEXT)?.mac(PEPPER)).toEqual(KEY.mac(PEPPER));
    expect(KEY.mac(PEPPER)).toHaveLength(32);
    expect(KEY.mac(Buffer.alloc(32, 8))).not.toEqual(KEY.mac(PEPPER));
  });

  it('has 256 bits that are another one’s never', () => {
    const secrets = Array.from({ length: 1000 }, () => ApiKey.issue('live', KEY.id).reveal());
    expect(new Set(secrets.map((text) => text.slice(31, 74))).size).toBe(1000);
  });

  it('of another environment is none', () => {
    expect(ApiKey.parse('test', TEXT)).toBeUndefined();
    expect(read(ApiKey.issue('test').reveal())).toBeUndefined();
  });

  it('is refused with any single character changed', () => {
    const character = fc.oneof(
      fc.constantFrom(...Array.from(ALPHABET)),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
    );
    fc.assert(
      fc.property(fc.nat(TEXT.length - 1), character, (place, other) => {
        fc.pre(other !== TEXT[place]);
        expect(read(TEXT.slice(0, place) + other + TEXT.slice(place + 1))).toBeUndefined();
      }),
      { numRuns: 2000 },
    );
  });

  it('is refused with two neighbours swapped, with one missing or one more', () => {
    for (let i = 0; i < TEXT.length; i++) {
      const [head, a = '', b = '', tail] = [
        TEXT.slice(0, i),
        TEXT[i],
        TEXT[i + 1],
        TEXT.slice(i + 2),
      ];
      if (a !== b && b !== '') expect(read(head + b + a + tail)).toBeUndefined();
      expect(read(head + b + tail)).toBeUndefined();
      expect(read(`${head}x${a}${b}${tail}`)).toBeUndefined();
    }
  });

  it('is none of any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (noise) => {
        expect(read(noise)).toBeUndefined();
        expect(read(`gh_live_${noise}`)).toBeUndefined();
      }),
    );
  });

  it('is not written into a log by accident', () => {
    for (const shown of [
      inspect(KEY, { showHidden: true }),
      JSON.stringify(KEY),
      JSON.stringify({ KEY }),
    ]) {
      expect(shown).not.toContain(TEXT.slice(31));
    }
  });
});
