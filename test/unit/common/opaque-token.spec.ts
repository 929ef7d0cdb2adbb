import fc from 'fast-check';
import { fromBase62, toBase62 } from '../../../src/common/base62.js';
import { OpaqueToken } from '../../../src/common/opaque-token.js';

describe('Base 62', () => {
  it('gives back every byte', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 40 }), (bytes) => {
        expect(fromBase62(toBase62(bytes), bytes.length)).toEqual(Buffer.from(bytes));
      }),
    );
  });

  it('has one text for each number: no other length, no value beyond', () => {
    expect(fromBase62('zz', 1)).toBeUndefined();
    expect(fromBase62('000', 1)).toBeUndefined();
    expect(fromBase62('0-', 1)).toBeUndefined();
  });
});

describe('An opaque token', () => {
  const token = OpaqueToken.issue('ghv');
  const text = token.reveal();

  it('is letters, digits and underscores, so that a double click selects it', () => {
    expect(text).toMatch(/^ghv_[0-9A-Za-z]{22}_[0-9A-Za-z]{49}$/);
  });

  it('is found by its id and known by its hash, which does not hold its secret', () => {
    const read = OpaqueToken.parse('ghv', text);
    expect(read?.id).toBe(token.id);
    expect(read?.hash).toEqual(token.hash);
    expect(token.hash).toHaveLength(32);
    expect(JSON.stringify(token)).not.toContain(text.split('_')[2]);
  });

  it('is none with one character changed', () => {
    fc.assert(
      fc.property(
        fc.nat(text.length - 1),
        fc.constantFrom('0', 'a', 'Z', '_', '-', '.'),
        (at, char) => {
          fc.pre(text[at] !== char);
          const changed = text.slice(0, at) + char + text.slice(at + 1);
          expect(OpaqueToken.parse('ghv', changed)).toBeUndefined();
        },
      ),
    );
  });

  it('is none for another purpose, and whatever else is sent', () => {
    expect(OpaqueToken.parse('ghr', text)).toBeUndefined();
    fc.assert(
      fc.property(fc.string(), (any) => {
        expect(OpaqueToken.parse('ghv', any)).toBeUndefined();
      }),
    );
  });
});
