import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { BASE62, base62Length, fromBase62, toBase62 } from '../../../src/common/base62.js';
import { OpaqueToken } from '../../../src/common/opaque-token.js';

describe('Base 62', () => {
  it('gives back every byte', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 40 }), (bytes) => {
        expect(fromBase62(toBase62(bytes), bytes.length)).toEqual(Buffer.from(bytes));
      }),
    );
  });

  it('is the number that the bytes are, in base 62', () => {
    const slow = (bytes: Uint8Array): string => {
      let number = BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
      let text = '';
      for (let i = base62Length(bytes.length); i > 0; i--, number /= 62n) {
        text = BASE62.charAt(Number(number % 62n)) + text;
      }
      return text;
    };
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 40 }), (bytes) => {
        expect(toBase62(bytes)).toBe(slow(bytes));
      }),
    );
    expect(toBase62(new Uint8Array(32).fill(255))).toBe(slow(new Uint8Array(32).fill(255)));
  });

  it('has one text for each number: no other length, no value beyond', () => {
    expect(fromBase62('zz', 1)).toBeUndefined();
    expect(fromBase62('000', 1)).toBeUndefined();
    expect(fromBase62('0-', 1)).toBeUndefined();
    expect(fromBase62('0é', 1)).toBeUndefined();
    for (const bytes of [1, 2, 3, 4, 8, 16, 31, 32]) {
      const most = toBase62(new Uint8Array(bytes).fill(255));
      const next = most.slice(0, -1) + BASE62.charAt(BASE62.indexOf(most.slice(-1)) + 1);
      expect(fromBase62(next, bytes)).toBeUndefined();
    }
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

  it('is none whose id is no UUID, though its checksum is right', () => {
    const body = `ghv_${toBase62(new Uint8Array(16).fill(0xf1))}_${toBase62(new Uint8Array(32))}`;
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32(body));
    expect(OpaqueToken.parse('ghv', body + toBase62(sum))).toBeUndefined();
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
