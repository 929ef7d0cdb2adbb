import fc from 'fast-check';
import { Argon2Hasher } from '../../../src/passwords/argon2.hasher.js';
import { BcryptHasher, BcryptSha256Hasher } from '../../../src/passwords/bcrypt.hasher.js';
import type { CheckTask } from '../../../src/passwords/derivation.js';
import type { HashPool } from '../../../src/passwords/hash-pool.js';
import { cheapHashers, openPool, passwordsWith, preferring } from './support/cheap-hashing.js';

let pool: HashPool;
beforeAll(() => {
  pool = openPool();
});
afterAll(() => pool.onApplicationShutdown());

/** Whether a password opens an account whose password is another one. */
async function opens(password: string, other: string): Promise<boolean> {
  const passwords = passwordsWith(pool);
  return (await passwords.check(password, await passwords.hash(other))).ok;
}

describe('a password', () => {
  test('opens its own account and no other', async () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 140 });
    const different = ([a, b]: [string, string]) => a.normalize('NFC') !== b.normalize('NFC');
    await fc.assert(
      fc.asyncProperty(fc.tuple(text, text).filter(different), async ([mine, yours]) => {
        expect(await opens(mine, mine)).toBe(true);
        expect(await opens(mine, yours)).toBe(false);
      }),
      { numRuns: 60 },
    );
  });

  test.each([
    ['what follows the 72nd byte', `${'x'.repeat(72)}X`, `${'x'.repeat(72)}Y`],
    ['what follows the 18th emoji', `${'🔑'.repeat(18)}A`, `${'🔑'.repeat(18)}B`],
    ['the last of 128 characters', `${'x'.repeat(127)}X`, `${'x'.repeat(127)}Y`],
    ['what follows a NUL', 'before\0after', 'before\0later'],
    ['a NUL at the end', 'before\0', 'before'],
    ['a NUL at the start', '\0after', '\0later'],
    ['a space in front', ' four words and spaces', 'four words and spaces'],
    ['a space at the end', 'four words and spaces ', 'four words and spaces'],
    ['a tab', 'four\twords', 'four words'],
    ['the number of spaces', '  ', '   '],
    ['a no-break space', 'four\u00a0words', 'four words'],
    ['capitals', 'Correct', 'correct'],
  ])('differs by %s', async (_, mine, yours) => {
    expect(await opens(mine, mine)).toBe(true);
    expect(await opens(mine, yours)).toBe(false);
    expect(await opens(yours, mine)).toBe(false);
  });

  test('is the same from a keyboard that composes and from one that does not', async () => {
    expect(await opens('cafe\u0301', 'caf\u00e9')).toBe(true);
    expect(await opens('caf\u00e9', 'cafe\u0301')).toBe(true);
  });

  test('is never a broken surrogate pair, nor empty', async () => {
    const passwords = passwordsWith(pool);
    await expect(passwords.hash('half \ud83d')).rejects.toThrow('not a password');
    await expect(passwords.hash('')).rejects.toThrow('not a password');
    expect(await opens('half \ud83d', 'half \ufffd')).toBe(false);
  });

  test('may not be blank, even where Django stored the hash of a blank one', async () => {
    const blank = 'bcrypt$$2b$05$CCCCCCCCCCCCCCCCCCCCC.7uG0VCzI2bS7j6ymqJi9CdcdxiRTWNy';
    expect(await passwordsWith(pool).check('', blank)).toEqual({ ok: false });
  });
});

describe('bcrypt as imported', () => {
  test('looks at 72 bytes only, until signing in replaces it by a hash that looks at all', async () => {
    const imported = await passwordsWith(pool, [new BcryptHasher({ cost: 4 })]).hash(
      'x'.repeat(72),
    );
    const passwords = passwordsWith(pool);
    const { ok, upgradedHash } = await passwords.check(`${'x'.repeat(72)}Y`, imported);
    expect(ok).toBe(true);
    expect((await passwords.check(`${'x'.repeat(72)}Y`, upgradedHash)).ok).toBe(true);
    expect((await passwords.check('x'.repeat(72), upgradedHash)).ok).toBe(false);
  });
});

describe('signing in', () => {
  test.each(cheapHashers.slice(1).map((hasher) => [hasher.algorithm, hasher] as const))(
    'upgrades a hash of %s to the preferred kind, and the new one opens',
    async (_, hasher) => {
      const old = await passwordsWith(pool, [hasher]).hash('correct horse');
      const passwords = passwordsWith(pool);
      const { ok, upgradedHash } = await passwords.check('correct horse', old);
      expect(ok).toBe(true);
      expect(upgradedHash).toMatch(/^bcrypt_sha256\$/);
      expect(await passwords.check('correct horse', upgradedHash)).toEqual({ ok: true });
      expect(await passwords.check('wrong horse', upgradedHash)).toEqual({ ok: false });
    },
  );

  test('upgrades a hash whose cost falls short', async () => {
    const cheap = await passwordsWith(pool).hash('correct horse');
    const passwords = passwordsWith(pool, preferring(new BcryptSha256Hasher({ cost: 5 })));
    const { upgradedHash } = await passwords.check('correct horse', cheap);
    expect(upgradedHash).toMatch(/^bcrypt_sha256\$\$2b\$05\$/);
  });

  test('leaves a hash alone that is stronger than what would be written', async () => {
    const strong = await passwordsWith(pool, [new BcryptSha256Hasher({ cost: 5 })]).hash('correct');
    expect(await passwordsWith(pool).check('correct', strong)).toEqual({ ok: true });
  });

  test('with a wrong password upgrades nothing', async () => {
    const old = await passwordsWith(pool, [new BcryptHasher({ cost: 4 })]).hash('correct horse');
    expect(await passwordsWith(pool).check('wrong horse', old)).toEqual({ ok: false });
  });
});

describe('the work that is done for a wrong password', () => {
  /** Remembers the tasks and finds every password wrong. */
  async function workFor(
    encoded: string | null | undefined,
    password = 'wrong',
  ): Promise<CheckTask> {
    const tasks: CheckTask[] = [];
    const check = (task: CheckTask) => {
      tasks.push(task);
      return Promise.resolve({ ok: false });
    };
    const hashers = preferring(new BcryptSha256Hasher({ cost: 12 }));
    await passwordsWith({ check } as unknown as HashPool, hashers).check(password, encoded);
    expect(tasks).toHaveLength(1);
    return tasks[0]!;
  }

  const DIGEST = 'abcdefghijklmnopqrstuuIvyWZlBcE3WoQXKqRnwrLYJ6nenE0Bq';
  const current = `bcrypt_sha256$$2b$12$${DIGEST}`;
  const ONE_HASH = [expect.objectContaining({ kernel: 'bcrypt', cost: 12, prehash: true })];

  test.each([
    ['there is no account', null],
    ['the account has no password', undefined],
    ['the stored hash is empty', ''],
    ['the password is unusable', '!kQ2Xo7nWc0yTn3Zb5s1v'],
    ['the kind of hash is unknown', 'md5$abcdefghijklmnopqrstuv$02144cc061e1c896b28fdbca2ef32806'],
    ['the hash is damaged', current.slice(0, -1)],
    ['the cost was tampered with', `bcrypt_sha256$$2b$31$${DIGEST}`],
  ])('is one hash when %s', async (_, encoded) => {
    const { claim, filler } = await workFor(encoded);
    expect(claim).toBeUndefined();
    expect(filler).toEqual(ONE_HASH);
  });

  test.each([
    ['empty', ''],
    ['malformed', '\ud800'],
  ])('is one hash when the password is %s', async (_, password) => {
    const { claim, filler } = await workFor(current, password);
    expect(claim).toBeUndefined();
    expect(filler).toEqual(ONE_HASH);
  });

  test('is the one comparison when the hash is up to date', async () => {
    const { claim, upgrade, filler } = await workFor(current);
    expect([claim?.by]).toEqual(ONE_HASH);
    expect(upgrade).toBeUndefined();
    expect(filler).toEqual([]);
  });

  test('is, for a hash of lower cost, the comparison and the rounds that it lacks', async () => {
    const { filler } = await workFor(`bcrypt_sha256$$2b$10$${DIGEST}`);
    expect(filler).toMatchObject([{ cost: 10 }, { cost: 11 }]);
  });

  test('is, for a hash of another kind, the comparison and one hash', async () => {
    const { claim, filler } = await workFor(`bcrypt$$2b$12$${DIGEST}`);
    expect(claim?.by).toMatchObject({ kernel: 'bcrypt', cost: 12, prehash: false });
    expect(filler).toEqual(ONE_HASH);
  });
});

test('a service without hashers does not start', () => {
  expect(() => passwordsWith(pool, [])).toThrow('PASSWORD_HASHERS');
});

test('argon2id can be the preferred kind', async () => {
  const argon2 = new Argon2Hasher({ memory: 64, passes: 2, lanes: 1 });
  const passwords = passwordsWith(pool, preferring(argon2));
  const old = await passwordsWith(pool).hash('correct horse');
  const { upgradedHash } = await passwords.check('correct horse', old);
  expect(upgradedHash).toMatch(/^argon2\$argon2id\$v=19\$m=64,t=2,p=1\$/);
});
