/** Types only: the hash worker must not load what the hashers load. */

/** One slow computation: which function, with which parameters and salt. Plain data, so that it can be posted. */
export type Derivation =
  | {
      readonly kernel: 'bcrypt';
      /** Binary logarithm of the rounds. */
      readonly cost: number;
      /** 22 characters of bcrypt's own base64. */
      readonly salt: string;
      /** Whether the hex SHA-256 of the password goes in, so that no byte past the 72nd is lost. */
      readonly prehash: boolean;
    }
  | {
      readonly kernel: 'argon2';
      readonly variety: 'argon2d' | 'argon2i' | 'argon2id';
      /** KiB. */
      readonly memory: number;
      readonly passes: number;
      readonly lanes: number;
      /** Base64. */
      readonly salt: string;
      /** Bytes of output. */
      readonly length: number;
    }
  | {
      readonly kernel: 'pbkdf2';
      readonly digest: 'sha1' | 'sha256';
      readonly iterations: number;
      readonly salt: string;
      /** Bytes of output. */
      readonly length: number;
    }
  | {
      readonly kernel: 'scrypt';
      readonly n: number;
      readonly r: number;
      readonly p: number;
      readonly salt: string;
      /** Bytes of output. */
      readonly length: number;
    };

/** What a stored hash says: this derivation of the password gives this digest. */
export interface Claim {
  readonly by: Derivation;
  /** In the text form of the kernel: bcrypt's base64, or standard base64. */
  readonly digest: string;
}

/** One verification and all that has to follow it, so that it takes one place in the queue. */
export interface CheckTask {
  readonly password: string;
  /** Absent when there is nothing to compare with; the work is done all the same. */
  readonly claim?: Claim;
  /** Derived after a match, and answered: the better hash. */
  readonly upgrade?: Derivation;
  /** Derived after a mismatch and thrown away, so that the time does not tell what was stored. */
  readonly filler: readonly Derivation[];
}

export interface CheckOutcome {
  readonly ok: boolean;
  /** The digest of `upgrade`. */
  readonly digest?: string;
}
