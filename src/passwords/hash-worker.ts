import { createHash, pbkdf2Sync, scryptSync, timingSafeEqual } from 'node:crypto';
import { type Algorithm, hashRawSync as argon2 } from '@node-rs/argon2';
import bcrypt from 'bcrypt';
import type { CheckOutcome, CheckTask, Derivation } from './derivation.js';

/** Runs in a worker thread, and nowhere else: here alone passwords are hashed. */

/** The values of the enum `Algorithm`, which is ambient and so cannot be imported. */
const ARGON2_VARIETIES: Record<string, unknown> = { argon2d: 0, argon2i: 1, argon2id: 2 };

/** Above what any accepted scrypt hash needs; Node's own limit is 32 MiB. */
const SCRYPT_MAX_BYTES = 256 * 1024 * 1024;

/** The digest of a password, in the text form of the kernel. */
export function derive({ password, by }: { password: string; by: Derivation }): string {
  switch (by.kernel) {
    case 'bcrypt': {
      const input = by.prehash ? createHash('sha256').update(password).digest('hex') : password;
      const cost = String(by.cost).padStart(2, '0');
      return bcrypt.hashSync(input, `$2b$${cost}$${by.salt}`).slice(29);
    }
    case 'argon2':
      return argon2(password, {
        algorithm: ARGON2_VARIETIES[by.variety] as Algorithm,
        memoryCost: by.memory,
        timeCost: by.passes,
        parallelism: by.lanes,
        outputLen: by.length,
        salt: Buffer.from(by.salt, 'base64'),
      }).toString('base64');
    case 'pbkdf2':
      return pbkdf2Sync(password, by.salt, by.iterations, by.length, by.digest).toString('base64');
    case 'scrypt': {
      const cost = { N: by.n, r: by.r, p: by.p, maxmem: SCRYPT_MAX_BYTES };
      return scryptSync(password, by.salt, by.length, cost).toString('base64');
    }
  }
}

/** Verifies and does the work that has to follow, whatever the answer. */
export function check({ password, claim, upgrade, filler }: CheckTask): CheckOutcome {
  const ok = claim !== undefined && equal(derive({ password, by: claim.by }), claim.digest);
  if (ok) return upgrade === undefined ? { ok } : { ok, digest: derive({ password, by: upgrade }) };
  for (const by of filler) derive({ password, by });
  return { ok };
}

function equal(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}
