import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { BloomFilter } from '../../../src/passwords/bloom-filter.js';
import { CommonPasswordRule } from '../../../src/passwords/common-password.rule.js';

const FILE = new URL('../../../src/passwords/common-passwords.bloom', import.meta.url);

/** A filter of these entries, written as the format says. */
function filterOf(entries: readonly string[], { probes = 16, bits = 4096 } = {}): Buffer {
  const bytes = Buffer.alloc(16 + Math.ceil(bits / 8));
  bytes.write('GHBF');
  [probes, bits, entries.length].forEach((value, at) => bytes.writeUInt32LE(value, 4 + 4 * at));
  for (const entry of entries) {
    const digest = createHash('sha512').update(entry).digest();
    for (let probe = 0; probe < probes; probe += 1) {
      const position = digest.readUInt32LE(4 * probe) % bits;
      bytes[16 + (position >>> 3)]! |= 1 << (position & 7);
    }
  }
  return bytes;
}

describe('a Bloom filter', () => {
  test('knows every one of its entries', () => {
    const entries = fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 40 });
    fc.assert(
      fc.property(entries, fc.integer({ min: 1, max: 16 }), (all, probes) => {
        const filter = BloomFilter.from(filterOf(all, { probes, bits: 1001 }));
        expect(all.filter((entry) => !filter.has(entry))).toEqual([]);
      }),
    );
  });

  test('without entries knows nobody', () => {
    const filter = BloomFilter.from(filterOf([]));
    fc.assert(fc.property(fc.string(), (stranger) => !filter.has(stranger)));
  });

  test.each([
    ['nothing', Buffer.alloc(0)],
    ['another file', Buffer.from('PK..............'.repeat(4))],
    ['half of it', filterOf(['a']).subarray(0, 300)],
    ['more than it', Buffer.concat([filterOf(['a']), Buffer.alloc(1)])],
    ['no probes', filterOf(['a'], { probes: 0 })],
    ['too many probes', Buffer.from(filterOf(['a'])).fill(17, 4, 5)],
  ])('is not made of %s', (_, bytes) => {
    expect(() => BloomFilter.from(bytes)).toThrow();
  });
});

describe('the common passwords', () => {
  let rule: CommonPasswordRule;
  beforeAll(async () => {
    rule = await CommonPasswordRule.load();
  });

  test('number hundreds of thousands', async () => {
    expect((await BloomFilter.open(FILE)).entries).toBeGreaterThan(400_000);
  });

  test.each([
    ...['password', 'iloveyou', 'baseball', 'superman', '12345678', '1234567890'],
    ...['qwertyuiop', 'q1w2e3r4t5', '1q2w3e4r5t6y', 'password123', 'basketball', 'liverpool1'],
  ])('%s is among them', (password) => {
    expect(rule.check(password)).toEqual({
      code: 'password_too_common',
      message: 'This password is too common.',
    });
  });

  test.each(['PassWord123', '  password123  ', 'QWERTYUIOP\n'])(
    'capitals and outer spaces make none of them rare: %j',
    (password) => {
      expect(rule.check(password)).toBeDefined();
    },
  );

  test.each(['correct horse battery staple', 'pass word 123', 'zq7!Rk0w-Vu2', '', '        '])(
    '%j is not among them',
    (password) => {
      expect(rule.check(password)).toBeUndefined();
    },
  );

  test('hardly any stranger is taken for one of them', () => {
    const strangers = Array.from({ length: 200_000 }, (_, n) => `stranger number ${n}`);
    const taken = strangers.filter((stranger) => rule.check(stranger) !== undefined);
    expect(taken.length).toBeLessThan(20);
  });
});
