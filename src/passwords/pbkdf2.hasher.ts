import type { Derivation } from './derivation.js';
import { type FreshHash, PasswordHasher, type StoredHash } from './password-hasher.js';
import { isShortSalt, textSalt } from './text-salt.js';

type Pbkdf2 = Extract<Derivation, { kernel: 'pbkdf2' }>;

interface Pbkdf2Options {
  readonly iterations: number;
}

const ENVELOPE =
  /^(?<algorithm>\w+)\$(?<iterations>[1-9]\d{0,7})\$(?<salt>[^$]{1,128})\$(?<digest>[A-Za-z0-9+/]+=*)$/;
/** Some seconds; nearly three times Django 6.2. Above it a stored hash is not computed. */
const MAX_ITERATIONS = 5_000_000;

abstract class Pbkdf2Family extends PasswordHasher {
  protected abstract readonly digest: Pbkdf2['digest'];
  /** Bytes. */
  protected abstract readonly length: number;

  constructor(private readonly options: Pbkdf2Options) {
    super();
  }

  override fresh(): FreshHash {
    const { iterations } = this.options;
    const salt = textSalt();
    return {
      by: this.derivation(iterations, salt),
      encode: (digest) => `${this.algorithm}$${iterations}$${salt}$${digest}`,
    };
  }

  override read(encoded: string): StoredHash | undefined {
    const { algorithm, salt, digest, ...rest } = ENVELOPE.exec(encoded)?.groups ?? {};
    const iterations = Number(rest['iterations']);
    if (salt === undefined || digest === undefined) return undefined;
    if (algorithm !== this.algorithm || iterations > MAX_ITERATIONS) return undefined;
    const claim = { by: this.derivation(iterations, salt), digest };
    return { claim, shortfall: this.shortfall(iterations, salt) };
  }

  /** The missing iterations: Django's `harden_runtime` (CVE-2016-2513). */
  private shortfall(iterations: number, salt: string): Derivation[] | undefined {
    const missing = this.options.iterations - iterations;
    if (missing > 0) return [this.derivation(missing, salt)];
    return isShortSalt(salt) ? [] : undefined;
  }

  private derivation(iterations: number, salt: string): Pbkdf2 {
    return { kernel: 'pbkdf2', digest: this.digest, iterations, salt, length: this.length };
  }
}

/** `pbkdf2_sha256$iterations$salt$hash`: Django's default (RFC 8018; iterations of Django 6.2). */
export class Pbkdf2Sha256Hasher extends Pbkdf2Family {
  override readonly algorithm = 'pbkdf2_sha256';
  protected override readonly digest = 'sha256';
  protected override readonly length = 32;

  constructor(options: Pbkdf2Options = { iterations: 1_800_000 }) {
    super(options);
  }
}

/** `pbkdf2_sha1$iterations$salt$hash`, of other frameworks (iterations of OWASP's table). */
export class Pbkdf2Sha1Hasher extends Pbkdf2Family {
  override readonly algorithm = 'pbkdf2_sha1';
  protected override readonly digest = 'sha1';
  protected override readonly length = 20;

  constructor(options: Pbkdf2Options = { iterations: 1_400_000 }) {
    super(options);
  }
}
