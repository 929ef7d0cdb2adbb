import type { Derivation } from './derivation.js';
import { type FreshHash, PasswordHasher, type StoredHash } from './password-hasher.js';
import { isShortSalt, textSalt } from './text-salt.js';

type Scrypt = Extract<Derivation, { kernel: 'scrypt' }>;
type ScryptOptions = Pick<Scrypt, 'n' | 'r' | 'p'>;

const ENVELOPE =
  /^scrypt\$(?<n>\d{1,7})\$(?<salt>[^$]{1,128})\$(?<r>\d{1,3})\$(?<p>\d{1,3})\$(?<digest>[A-Za-z0-9+/]{86}==)$/;
const DIGEST_BYTES = 64;

/** Django's since 5.1; before, `p` was 1. It is also a line of OWASP's table. */
const DEFAULTS: ScryptOptions = { n: 16_384, r: 8, p: 5 };

/** 128 MiB (a block is 128 bytes times `r`) and twice the work of OWASP's first line; no more is computed. */
const MAX_BLOCKS = 2 ** 20;
const MAX_WORK = 2 ** 21;

/** `scrypt$n$salt$r$p$hash` (RFC 7914). */
export class ScryptHasher extends PasswordHasher {
  override readonly algorithm = 'scrypt';

  constructor(private readonly options: ScryptOptions = DEFAULTS) {
    super();
  }

  override fresh(): FreshHash {
    const { n, r, p } = this.options;
    const salt = textSalt();
    return {
      by: { kernel: 'scrypt', n, r, p, salt, length: DIGEST_BYTES },
      encode: (digest) => `scrypt$${n}$${salt}$${r}$${p}$${digest}`,
    };
  }

  override read(encoded: string): StoredHash | undefined {
    const { n, r, p, salt = '', digest = '' } = ENVELOPE.exec(encoded)?.groups ?? {};
    const cost = { n: Number(n), r: Number(r), p: Number(p) };
    if (!isAffordable(cost)) return undefined;
    const by: Scrypt = { kernel: 'scrypt', ...cost, salt, length: DIGEST_BYTES };
    const shortfall = this.fallsShort(by) ? [this.fresh().by] : undefined;
    return { claim: { by, digest }, shortfall };
  }

  private fallsShort({ n, r, p, salt }: Scrypt): boolean {
    const wanted = this.options;
    return (
      n * r < wanted.n * wanted.r || n * r * p < wanted.n * wanted.r * wanted.p || isShortSalt(salt)
    );
  }
}

/** Also false for the `NaN` of a hash that could not be read. */
function isAffordable({ n, r, p }: ScryptOptions): boolean {
  const isPowerOfTwo = n >= 2 && Number.isInteger(Math.log2(n));
  return isPowerOfTwo && r >= 1 && p >= 1 && n * r <= MAX_BLOCKS && n * r * p <= MAX_WORK;
}
