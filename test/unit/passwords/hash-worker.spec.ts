import type { Derivation } from '../../../src/passwords/derivation.js';
import { check, derive } from '../../../src/passwords/hash-worker.js';

const base64 = (hex: string) => Buffer.from(hex, 'hex').toString('base64');
const pbkdf2 = (
  digest: 'sha1' | 'sha256',
  [salt, iterations, length]: [string, number, number],
): Derivation => ({ kernel: 'pbkdf2', digest, salt, iterations, length });
const scrypt = (salt: string, n: number, r: number, p: number): Derivation => ({
  kernel: 'scrypt',
  salt,
  n,
  r,
  p,
  length: 64,
});
const bcrypt = (salt: string, cost: number): Derivation => ({
  kernel: 'bcrypt',
  salt,
  cost,
  prehash: false,
});

describe('the kernels compute what their specifications print', () => {
  test.each([
    [1, '0c60c80f961f0e71f3a9b524af6012062fe037a6'],
    [2, 'ea6c014dc72d6f8ccd1ed92ace1d41f0d8de8957'],
    [4096, '4b007901b765489abead49d926f721d065a429c1'],
  ])('PBKDF2-HMAC-SHA1 with %i iterations (RFC 6070)', (iterations, hex) => {
    const by = pbkdf2('sha1', ['salt', iterations, 20]);
    expect(derive({ password: 'password', by })).toBe(base64(hex));
  });

  test('PBKDF2-HMAC-SHA1 of more than one block (RFC 6070)', () => {
    const by = pbkdf2('sha1', ['saltSALTsaltSALTsaltSALTsaltSALTsalt', 4096, 25]);
    expect(derive({ password: 'passwordPASSWORDpassword', by })).toBe(
      base64('3d2eec4fe41c849b80c8d83662c0e44a8b291a964cf2f07038'),
    );
  });

  test('PBKDF2-HMAC-SHA256 (RFC 7914, 11)', () => {
    const by = pbkdf2('sha256', ['salt', 1, 64]);
    expect(derive({ password: 'passwd', by })).toBe(
      base64(
        '55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc' +
          '49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783',
      ),
    );
  });

  test.each([
    [
      'pleaseletmein',
      scrypt('SodiumChloride', 16_384, 8, 1),
      '7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2' +
        'd5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887',
    ],
    [
      'password',
      scrypt('NaCl', 1024, 8, 16),
      'fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162' +
        '2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640',
    ],
  ])('scrypt of %s (RFC 7914, 12)', (password, by, hex) => {
    expect(derive({ password, by })).toBe(base64(hex));
  });

  test.each([
    ['U*U', 'CCCCCCCCCCCCCCCCCCCCC.', 'E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'],
    ['U*U*', 'CCCCCCCCCCCCCCCCCCCCC.', 'VGOzA784oUp/Z0DY336zx7pLYAy0lwK'],
    ['', 'CCCCCCCCCCCCCCCCCCCCC.', '7uG0VCzI2bS7j6ymqJi9CdcdxiRTWNy'],
  ])('bcrypt of %p (Openwall)', (password, salt, digest) => {
    expect(derive({ password, by: bcrypt(salt, 5) })).toBe(digest);
  });
});

describe('a check', () => {
  const by = bcrypt('CCCCCCCCCCCCCCCCCCCCC.', 4);
  const claim = { by, digest: derive({ password: 'right', by }) };
  /** Any attempt to compute it throws. */
  const impossible = scrypt('', 3, 0, 0);

  test('does the filling work after a mismatch', () => {
    const task = { password: 'wrong', claim, upgrade: by, filler: [impossible] };
    expect(() => check(task)).toThrow();
  });

  test('does the filling work when there is nothing to compare with', () => {
    expect(() => check({ password: 'any', filler: [impossible] })).toThrow();
  });

  test('does the upgrade, and no filling work, after a match', () => {
    const task = { password: 'right', claim, upgrade: by, filler: [impossible] };
    expect(check(task)).toEqual({ ok: true, digest: claim.digest });
  });

  test('does nothing more when a match needs no upgrade', () => {
    expect(check({ password: 'right', claim, filler: [impossible] })).toEqual({ ok: true });
  });

  test('answers no digest after a mismatch', () => {
    expect(check({ password: 'wrong', claim, upgrade: by, filler: [] })).toEqual({ ok: false });
  });

  test.each(['', 'short', `${claim.digest}x`])(
    'a digest of another length, %p, is no match',
    (digest) => {
      expect(check({ password: 'right', claim: { by, digest }, filler: [] })).toEqual({
        ok: false,
      });
    },
  );
});
