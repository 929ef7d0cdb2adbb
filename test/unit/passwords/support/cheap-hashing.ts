import { join } from 'node:path';
import { readSettings } from '../../../../src/config/settings.js';
import { Argon2Hasher } from '../../../../src/passwords/argon2.hasher.js';
import { BcryptHasher, BcryptSha256Hasher } from '../../../../src/passwords/bcrypt.hasher.js';
import { HashPool } from '../../../../src/passwords/hash-pool.js';
import type { PasswordHasher } from '../../../../src/passwords/password-hasher.js';
import { PasswordService } from '../../../../src/passwords/password.service.js';
import { Pbkdf2Sha1Hasher, Pbkdf2Sha256Hasher } from '../../../../src/passwords/pbkdf2.hasher.js';
import { ScryptHasher } from '../../../../src/passwords/scrypt.hasher.js';

/** For `HASH_WORKER_FILE`: a thread cannot load TypeScript, so this one translates it first. */
export const testHashWorker = join(__dirname, 'hash-worker.cjs');

/** For `PASSWORD_HASHERS`: every kind of hash, each as cheap as it can be. */
export const cheapHashers: readonly PasswordHasher[] = [
  new BcryptSha256Hasher({ cost: 4 }),
  new Argon2Hasher({ memory: 64, passes: 2, lanes: 1 }),
  new BcryptHasher({ cost: 4 }),
  new Pbkdf2Sha256Hasher({ iterations: 1000 }),
  new Pbkdf2Sha1Hasher({ iterations: 1000 }),
  new ScryptHasher({ n: 16, r: 8, p: 1 }),
];

interface Threads {
  readonly threads?: number;
  readonly queue?: number;
  readonly file?: string;
}

export function openPool({
  threads = 2,
  queue = 64,
  file = testHashWorker,
}: Threads = {}): HashPool {
  const settings = readSettings({ HASH_CONCURRENCY: `${threads}`, HASH_QUEUE: `${queue}` });
  return new HashPool(settings, file);
}

/** The hashers with one of them in front. */
export function preferring(first: PasswordHasher): PasswordHasher[] {
  return [first, ...cheapHashers.filter(({ algorithm }) => algorithm !== first.algorithm)];
}

export function passwordsWith(pool: HashPool, hashers = cheapHashers): PasswordService {
  return new PasswordService(pool, hashers);
}
