import type { HashPool } from '../../../src/passwords/hash-pool.js';
import type { PasswordHasher } from '../../../src/passwords/password-hasher.js';
import { cheapHashers, openPool, passwordsWith } from './support/cheap-hashing.js';

/** Written by Django 5.2.17. */
const MADE_BY_DJANGO = [
  [
    'correct horse',
    'pbkdf2_sha256$1000$abcdefghijklmnopqrstuv$3sV/SVfT6ME4dIgYVdSlH0jEvyK0z+y3AJvov9Y+8MA=',
  ],
  [
    'pässwörd🔑',
    'pbkdf2_sha256$1000$abcdefghijklmnopqrstuv$szPv/ELLfmjHFQ2EH1U/a9xKSoCrTs8kxO7MfgP6KZo=',
  ],
  ['correct horse', 'pbkdf2_sha1$1000$abcdefghijklmnopqrstuv$Lk0noscGFKIci9bRr/p5U5TdvK4='],
  [
    'correct horse',
    'scrypt$16384$abcdefghijklmnopqrstuv$8$5$2CyFzwiSp10903TARkWJsyfC9Q3aeX0RvkHqKxHNeBplPnTz1lYfWZu5pEy7/A6r1KH53voY5f8NgFIZC1gWWA==',
  ],
  ['correct horse', 'bcrypt_sha256$$2b$04$abcdefghijklmnopqrstuuIvyWZlBcE3WoQXKqRnwrLYJ6nenE0Bq'],
  [
    'correct horse',
    'argon2$argon2id$v=19$m=102400,t=2,p=8$c29tZXNhbHRzb21lc2FsdA$W4mh/7tqZpNQ/NLLrNAViZIUpUy0rYQx5TGOyVLf9ig',
  ],
] as const;

/** RFC 7914's vector in the envelope of Django before 5.1, when `p` was 1. */
const OLD_SCRYPT =
  'scrypt$16384$SodiumChloride$8$1$cCO9yzr9c0hGHAbNgf046/2o+7qQT44+qbVD9lRdofLVQylVYT8Pz2LUlwUkKpr55h6F3A1lHkDfzwF7RVdYhw==';

let pool: HashPool;
beforeAll(() => {
  pool = openPool();
});
afterAll(() => pool.onApplicationShutdown());

describe('a hash that Django made', () => {
  test.each(MADE_BY_DJANGO)('%s opens %s', async (password, encoded) => {
    const passwords = passwordsWith(pool);
    expect(await passwords.check(password, encoded)).toMatchObject({ ok: true });
    expect(await passwords.check(`${password} `, encoded)).toEqual({ ok: false });
    expect(await passwords.check(password.toUpperCase(), encoded)).toEqual({ ok: false });
  });

  test('scrypt of Django before 5.1 opens, and falls short today', async () => {
    const passwords = passwordsWith(pool);
    expect(await passwords.check('pleaseletmein', OLD_SCRYPT)).toMatchObject({ ok: true });
    const [scrypt] = cheapHashers.filter(({ algorithm }) => algorithm === 'scrypt');
    expect(scrypt?.read(OLD_SCRYPT)?.claim.by).toMatchObject({ n: 16_384, r: 8, p: 1 });
  });

  test('bcrypt of PHP and of older libraries ($2y$, $2a$) opens as $2b$ does', async () => {
    const passwords = passwordsWith(pool);
    const digest = 'CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW';
    for (const variant of ['2a', '2b', '2y']) {
      const encoded = `bcrypt$$${variant}$05$${digest}`;
      expect(await passwords.check('U*U', encoded)).toMatchObject({ ok: true });
    }
  });
});

describe.each(cheapHashers.map((hasher) => [hasher.algorithm, hasher] as const))(
  'a new %s hash',
  (algorithm: string, hasher: PasswordHasher) => {
    test('is in the envelope of Django, fits its column, and is read back as it was meant', async () => {
      const encoded = await passwordsWith(pool, [hasher]).hash('correct horse');
      expect(encoded.startsWith(`${algorithm}$`)).toBe(true);
      expect(encoded.length).toBeLessThanOrEqual(128);
      expect(hasher.read(encoded)).toMatchObject({ shortfall: undefined });
    });

    test('opens for its password only, and needs no upgrade', async () => {
      const passwords = passwordsWith(pool, [hasher]);
      const encoded = await passwords.hash('correct horse');
      expect(await passwords.check('correct horse', encoded)).toEqual({ ok: true });
      expect(await passwords.check('correct horsf', encoded)).toEqual({ ok: false });
    });

    test('is salted', async () => {
      const passwords = passwordsWith(pool, [hasher]);
      expect(await passwords.hash('same')).not.toBe(await passwords.hash('same'));
    });

    test('is not read by any other hasher', async () => {
      const encoded = await passwordsWith(pool, [hasher]).hash('correct horse');
      const readers = cheapHashers.filter((other) => other.read(encoded) !== undefined);
      expect(readers).toEqual([hasher]);
    });
  },
);
