import bcrypt from 'bcrypt';
import type { Derivation } from './derivation.js';
import { type FreshHash, PasswordHasher, type StoredHash } from './password-hasher.js';

const ENVELOPE =
  /^(?<algorithm>\w+)\$\$2[aby]\$(?<cost>\d\d)\$(?<salt>[./A-Za-z0-9]{22})(?<digest>[./A-Za-z0-9]{31})$/;
const MIN_COST = 4;
/** Eight times the work of the default; above it a stored hash is not computed. */
const MAX_COST = 15;

interface BcryptOptions {
  /** Binary logarithm of the rounds; 4 to 15. OWASP ASVS 5.0 (appendix C) asks for 10 at least. */
  readonly cost: number;
}

const DEFAULTS: BcryptOptions = { cost: 12 };

abstract class BcryptFamily extends PasswordHasher {
  protected abstract readonly prehash: boolean;

  constructor(private readonly options: BcryptOptions = DEFAULTS) {
    super();
  }

  override fresh(): FreshHash {
    const { cost } = this.options;
    const prefix = bcrypt.genSaltSync(cost);
    return {
      by: this.derivation(cost, prefix.slice(7)),
      encode: (digest) => `${this.algorithm}$${prefix}${digest}`,
    };
  }

  override read(encoded: string): StoredHash | undefined {
    const { algorithm, salt, digest, ...rest } = ENVELOPE.exec(encoded)?.groups ?? {};
    const cost = Number(rest['cost']);
    if (salt === undefined || digest === undefined) return undefined;
    if (algorithm !== this.algorithm || cost < MIN_COST || cost > MAX_COST) return undefined;
    const claim = { by: this.derivation(cost, salt), digest };
    return { claim, shortfall: this.shortfall(cost, salt) };
  }

  /** 2^c + (2^c + 2^(c+1) + … + 2^(C-1)) = 2^C: the work of the higher cost, to the round. */
  private shortfall(cost: number, salt: string): Derivation[] | undefined {
    const missing = this.options.cost - cost;
    if (missing <= 0) return undefined;
    return Array.from({ length: missing }, (_, step) => this.derivation(cost + step, salt));
  }

  private derivation(cost: number, salt: string): Derivation {
    return { kernel: 'bcrypt', cost, salt, prehash: this.prehash };
  }
}

/** `bcrypt_sha256$$2b$12$…`: bcrypt over the hex SHA-256 of the password, so that every byte of it counts. */
export class BcryptSha256Hasher extends BcryptFamily {
  override readonly algorithm = 'bcrypt_sha256';
  protected override readonly prehash = true;
}

/** `bcrypt$$2b$12$…`: reads the only 72 bytes that bcrypt looks at, as Django does. To be read, not to be written. */
export class BcryptHasher extends BcryptFamily {
  override readonly algorithm = 'bcrypt';
  protected override readonly prehash = false;
}
