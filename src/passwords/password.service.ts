import { Inject, Injectable } from '@nestjs/common';
import type { CheckTask } from './derivation.js';
import { HashPool } from './hash-pool.js';
import {
  type FreshHash,
  PASSWORD_HASHERS,
  type PasswordHasher,
  type StoredHash,
} from './password-hasher.js';
import { isMalformed, normalizePassword } from './password-text.js';

export interface PasswordCheck {
  readonly ok: boolean;
  /** Store it instead of the old one: the password is right, and its hash is not what would be written today. */
  readonly upgradedHash?: string;
}

/** Makes and checks password hashes. Whether a password is a good one is for `PasswordPolicy` to say. */
@Injectable()
export class PasswordService {
  readonly #preferred: PasswordHasher;

  constructor(
    private readonly pool: HashPool,
    @Inject(PASSWORD_HASHERS) private readonly hashers: readonly PasswordHasher[],
  ) {
    const [preferred] = hashers;
    if (preferred === undefined) throw new Error('PASSWORD_HASHERS is empty');
    this.#preferred = preferred;
  }

  /**
   * Hashes the NFC form of a password, as it is.
   *
   * @throws Error for a password that the policy would never have let through: an empty or malformed one
   * @throws HashQueueFull before anything is hashed; ServiceUnavailable when the hashing thread died
   */
  async hash(plain: string, signal?: AbortSignal): Promise<string> {
    if (!canMatch(plain)) throw new Error('This is not a password; ask PasswordPolicy first');
    const { by, encode } = this.#preferred.fresh();
    return encode(await this.pool.derive(normalizePassword(plain), by, signal));
  }

  /**
   * Compares a password with a stored hash. Ask it also when there is no account, with `null`: the work is that of
   * one up-to-date hash whether the hash is missing, unusable (`!…`), of an unknown kind, tampered with, or wrong
   * (CVE-2024-39329, OWASP ASVS 5.0 6.3.8). A wrong password whose hash has a lower cost is worked on until the cost
   * is reached (CVE-2016-2513). Only a hash of another kind, until its owner first signs in, and a stronger one
   * take longer.
   *
   * The hash is upgraded when it is of another kind than the first hasher's or falls short of its parameters; never
   * because it is stronger. The comparison is of NFC forms: a hash imported from Django that was made of text in
   * another form does not verify, and its owner resets the password.
   *
   * @throws HashQueueFull before anything is hashed; ServiceUnavailable when the hashing thread died
   */
  async check(
    plain: string,
    encoded: string | null | undefined,
    signal?: AbortSignal,
  ): Promise<PasswordCheck> {
    const stored = canMatch(plain) ? this.#read(encoded ?? '') : undefined;
    const fresh = this.#preferred.fresh();
    const work = planOf(stored, fresh);
    const task = { password: normalizePassword(plain), ...work };
    const { ok, digest } = await this.pool.check(task, signal);
    return digest === undefined ? { ok } : { ok, upgradedHash: fresh.encode(digest) };
  }

  /**
   * The whole of what checks one password: it begins when its turn is near.
   *
   * @throws HashQueueFull before anything of it is done, where one more could not even wait; RequestAborted
   */
  whole<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    return this.pool.whole(work, signal);
  }

  #read(encoded: string): (StoredHash & { readonly preferred: boolean }) | undefined {
    const algorithm = encoded.split('$', 1)[0];
    const hasher = this.hashers.find((candidate) => candidate.algorithm === algorithm);
    const stored = hasher?.read(encoded);
    return stored && { ...stored, preferred: hasher === this.#preferred };
  }
}

function planOf(
  stored: (StoredHash & { readonly preferred: boolean }) | undefined,
  fresh: FreshHash,
): Omit<CheckTask, 'password'> {
  if (stored === undefined) return { filler: [fresh.by] };
  const { claim, shortfall, preferred } = stored;
  if (!preferred) return { claim, upgrade: fresh.by, filler: [fresh.by] };
  return shortfall === undefined
    ? { claim, filler: [] }
    : { claim, upgrade: fresh.by, filler: shortfall };
}

/** Django hashes the empty password and lets it in; here it is no password at any layer. */
function canMatch(plain: string): boolean {
  return plain !== '' && !isMalformed(plain);
}
