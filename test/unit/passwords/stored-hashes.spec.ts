import fc from 'fast-check';
import { Argon2Hasher } from '../../../src/passwords/argon2.hasher.js';
import { BcryptHasher, BcryptSha256Hasher } from '../../../src/passwords/bcrypt.hasher.js';
import { defaultHashers } from '../../../src/passwords/default-hashers.js';
import { Pbkdf2Sha1Hasher, Pbkdf2Sha256Hasher } from '../../../src/passwords/pbkdf2.hasher.js';
import { ScryptHasher } from '../../../src/passwords/scrypt.hasher.js';

const SALT = 'abcdefghijklmnopqrstuv';
const bcrypt = (cost: string, algorithm = 'bcrypt_sha256') =>
  `${algorithm}$$2b$${cost}$abcdefghijklmnopqrstuuIvyWZlBcE3WoQXKqRnwrLYJ6nenE0Bq`;
const argon2 = (parameters: string, variety = 'argon2id', salt = 'c29tZXNhbHRzb21lc2FsdA') =>
  `argon2$${variety}$v=19$${parameters}$${salt}$W4mh/7tqZpNQ/NLLrNAViZIUpUy0rYQx5TGOyVLf9ig`;
const pbkdf2 = (iterations: string, salt = SALT) =>
  `pbkdf2_sha256$${iterations}$${salt}$3sV/SVfT6ME4dIgYVdSlH0jEvyK0z+y3AJvov9Y+8MA=`;
const scrypt = (n: number, r: number, p: number, salt = SALT) =>
  `scrypt$${n}$${salt}$${r}$${p}$${'A'.repeat(86)}==`;

describe('a stored hash with parameters above the cap is not computed', () => {
  test.each([
    ['bcrypt_sha256', new BcryptSha256Hasher(), bcrypt('15'), bcrypt('16')],
    ['bcrypt_sha256, absurdly', new BcryptSha256Hasher(), bcrypt('12'), bcrypt('31')],
    ['bcrypt', new BcryptHasher(), bcrypt('15', 'bcrypt'), bcrypt('16', 'bcrypt')],
    ['pbkdf2_sha256', new Pbkdf2Sha256Hasher(), pbkdf2('5000000'), pbkdf2('5000001')],
    ['argon2, memory', new Argon2Hasher(), argon2('m=131072,t=2,p=1'), argon2('m=131073,t=2,p=1')],
    ['argon2, passes', new Argon2Hasher(), argon2('m=131072,t=8,p=1'), argon2('m=131072,t=9,p=1')],
    ['argon2, lanes', new Argon2Hasher(), argon2('m=1024,t=2,p=16'), argon2('m=1024,t=2,p=17')],
    ['scrypt, memory', new ScryptHasher(), scrypt(131_072, 8, 1), scrypt(262_144, 8, 1)],
    ['scrypt, work', new ScryptHasher(), scrypt(131_072, 8, 2), scrypt(131_072, 8, 3)],
  ])('%s', (_, hasher, sane, absurd) => {
    expect(hasher.read(sane)).toBeDefined();
    expect(hasher.read(absurd)).toBeUndefined();
  });
});

describe('a damaged hash is not read', () => {
  const hashers = defaultHashers({ passwordHasher: 'bcrypt_sha256' });

  test.each([
    bcrypt('03'),
    bcrypt('12').slice(0, -1),
    `${bcrypt('12')}\n`,
    bcrypt('12').replace('$2b$', '$2x$'),
    argon2('m=1024,t=0,p=1'),
    argon2('m=1024,t=2,p=0'),
    argon2('m=7,t=2,p=1'),
    argon2('m=1024,t=2,p=1').replace('v=19', 'v=16'),
    argon2('m=1024,t=2,p=1', 'argon2x'),
    pbkdf2('0'),
    pbkdf2('-1'),
    pbkdf2('1e3'),
    pbkdf2(''),
    pbkdf2('1000', ''),
    `pbkdf2_sha256$1000$${SALT}$`,
    scrypt(3, 8, 1),
    scrypt(0, 8, 1),
    scrypt(16, 0, 1),
    scrypt(16, 8, 0),
    `scrypt$16$${SALT}$8$1$`,
    '',
    '$',
    'bcrypt_sha256',
    'md5$abc$0123',
    '!unusable',
  ])('%p', (encoded) => {
    expect(hashers.map((hasher) => hasher.read(encoded))).toEqual(hashers.map(() => undefined));
  });

  test('whatever it looks like, nothing is thrown', () => {
    const start = fc.constantFrom(...hashers.map(({ algorithm }) => `${algorithm}$`), '');
    const rest = fc.stringMatching(/^[$\w=,./+-]{0,90}$/);
    fc.assert(
      fc.property(start, rest, (algorithm, text) => {
        for (const hasher of hashers) hasher.read(algorithm + text);
      }),
    );
  });
});

describe('a hash falls short', () => {
  const isShort = (stored: { shortfall: unknown } | undefined) => {
    expect(stored).toBeDefined();
    return stored?.shortfall !== undefined;
  };

  test.each([
    ['11', true],
    ['12', false],
    ['13', false],
  ])('bcrypt of cost %s against 12: %p', (cost, expected) => {
    expect(isShort(new BcryptSha256Hasher({ cost: 12 }).read(bcrypt(cost)))).toBe(expected);
  });

  test.each([
    ['999', SALT, true],
    ['1000', SALT, false],
    ['1001', SALT, false],
    ['1001', 'twelve chars', true],
  ])('PBKDF2 of %s iterations and salt %p against 1000: %p', (iterations, salt, expected) => {
    const hasher = new Pbkdf2Sha256Hasher({ iterations: 1000 });
    expect(isShort(hasher.read(pbkdf2(iterations, salt)))).toBe(expected);
  });

  test.each([
    ['m=1024,t=2,p=1', 'argon2id', false],
    ['m=1024,t=2,p=8', 'argon2id', false],
    ['m=102400,t=2,p=8', 'argon2id', false],
    ['m=2048,t=1,p=1', 'argon2id', false],
    ['m=1024,t=1,p=1', 'argon2id', true],
    ['m=1023,t=9,p=1', 'argon2id', true],
    ['m=1024,t=2,p=1', 'argon2i', true],
    ['m=1024,t=2,p=1', 'argon2d', true],
  ])('Argon2 of %s, %s, against m=1024, t=2: %p', (parameters, variety, expected) => {
    const hasher = new Argon2Hasher({ memory: 1024, passes: 2, lanes: 1 });
    expect(isShort(hasher.read(argon2(parameters, variety)))).toBe(expected);
  });

  test('Argon2 with a salt of fewer than 16 bytes', () => {
    const hasher = new Argon2Hasher({ memory: 1024, passes: 2, lanes: 1 });
    const short = argon2('m=1024,t=2,p=1', 'argon2id', 'c29tZXNhbHQ');
    expect(isShort(hasher.read(short))).toBe(true);
  });

  test.each([
    [16_384, 8, 5, SALT, false],
    [32_768, 8, 3, SALT, false],
    [16_384, 8, 1, SALT, true],
    [8192, 8, 10, SALT, true],
    [16_384, 8, 5, 'twelve chars', true],
  ])('scrypt of n=%i, r=%i, p=%i, salt %p: %p', (n, r, p, salt, expected) => {
    expect(isShort(new ScryptHasher().read(scrypt(n, r, p, salt)))).toBe(expected);
  });
});

describe('the work that a weaker hash lacks makes up for it exactly', () => {
  test('bcrypt: the rounds of the claim and of the shortfall are those of the cost', () => {
    const costs = fc.integer({ min: 4, max: 15 });
    fc.assert(
      fc.property(costs, costs, (stored, wanted) => {
        fc.pre(stored < wanted);
        const hasher = new BcryptSha256Hasher({ cost: wanted });
        const { shortfall = [] } = hasher.read(bcrypt(String(stored).padStart(2, '0')))!;
        const rounds = shortfall.map((by) => (by.kernel === 'bcrypt' ? 2 ** by.cost : NaN));
        expect(rounds.reduce((sum, each) => sum + each, 2 ** stored)).toBe(2 ** wanted);
      }),
    );
  });

  test('PBKDF2: the iterations add up', () => {
    const hasher = new Pbkdf2Sha256Hasher({ iterations: 1_800_000 });
    expect(hasher.read(pbkdf2('600000'))?.shortfall).toMatchObject([{ iterations: 1_200_000 }]);
  });
});

describe('the hashers in use', () => {
  const names = (passwordHasher: 'bcrypt_sha256' | 'argon2id') =>
    defaultHashers({ passwordHasher }).map(({ algorithm }) => algorithm);

  test('PASSWORD_HASHER says which of them writes; all of them read', () => {
    expect(names('bcrypt_sha256')[0]).toBe('bcrypt_sha256');
    expect(names('argon2id')[0]).toBe('argon2');
    expect(names('argon2id').toSorted()).toEqual(names('bcrypt_sha256').toSorted());
    expect(names('argon2id').toSorted()).toEqual(
      ['argon2', 'bcrypt', 'bcrypt_sha256', 'pbkdf2_sha1', 'pbkdf2_sha256', 'scrypt'].toSorted(),
    );
  });

  test('write with costs that OWASP ASVS 5.0, appendix C, accepts', () => {
    expect(new BcryptSha256Hasher().fresh().by).toMatchObject({ cost: 12, prehash: true });
    expect(new Argon2Hasher().fresh().by).toMatchObject({ memory: 47_104, passes: 2, lanes: 1 });
    expect(new Pbkdf2Sha256Hasher().fresh().by).toMatchObject({ iterations: 1_800_000 });
    expect(new Pbkdf2Sha1Hasher().fresh().by).toMatchObject({ iterations: 1_400_000 });
    expect(new ScryptHasher().fresh().by).toMatchObject({ n: 16_384, r: 8, p: 5 });
  });
});
