import type { Claim, Derivation } from './derivation.js';

/** A hash that is yet to be made: what to compute, and how its digest is written down. */
export interface FreshHash {
  readonly by: Derivation;
  readonly encode: (digest: string) => string;
}

/** A stored hash, understood. */
export interface StoredHash {
  readonly claim: Claim;
  /** The work that an up-to-date hash takes on top of this one; `undefined` when this one does not fall short. */
  readonly shortfall: readonly Derivation[] | undefined;
}

/**
 * The grammar of one kind of password hash, in Django's envelope `algorithm$…`
 * (django.contrib.auth.hashers). It computes nothing: that is for the threads of `HashPool`.
 */
export abstract class PasswordHasher {
  /** What stands before the first `$`. */
  abstract readonly algorithm: string;

  /** A new salt (128 bits at least), with the parameters that this hasher was given. */
  abstract fresh(): FreshHash;

  /** `undefined` when malformed, or when its parameters are so high that computing it would be an attack. */
  abstract read(encoded: string): StoredHash | undefined;
}

/** The ordered list of hashers: the first writes, all read, signing in upgrades to the first. */
export const PASSWORD_HASHERS = Symbol('PASSWORD_HASHERS');
