import { randomBytes } from 'node:crypto';
import type { Derivation } from './derivation.js';
import { type FreshHash, PasswordHasher, type StoredHash } from './password-hasher.js';

type Argon2 = Extract<Derivation, { kernel: 'argon2' }>;
type Argon2Options = Pick<Argon2, 'memory' | 'passes' | 'lanes'>;

/**
 * The widest line of OWASP's table (46 MiB) with a second pass; ASVS 5.0 (appendix C) asks for
 * 46 MiB with one pass or 19 MiB with two. One lane, because the cores are shared by the threads of the pool.
 */
const DEFAULTS: Argon2Options = { memory: 47_104, passes: 2, lanes: 1 };
const SALT_BYTES = 16;
const DIGEST_BYTES = 32;

/** Django's own default (100 MiB, 2 passes, 8 lanes) fits in; what is above is not computed. */
const MAX_MEMORY = 131_072;
const MAX_LANES = 16;
const MAX_WORK = MAX_MEMORY * 8;

const ENVELOPE =
  /^argon2\$(?<variety>argon2id|argon2i|argon2d)\$v=19\$m=(?<m>\d{1,7}),t=(?<t>\d{1,4}),p=(?<p>\d{1,3})\$(?<salt>[A-Za-z0-9+/]{11,86})\$(?<digest>[A-Za-z0-9+/]{16,86})$/;

/** `argon2$argon2id$v=19$m=…,t=…,p=…$salt$hash` (RFC 9106, PHC string format). */
export class Argon2Hasher extends PasswordHasher {
  override readonly algorithm = 'argon2';

  constructor(private readonly options: Argon2Options = DEFAULTS) {
    super();
  }

  override fresh(): FreshHash {
    const { memory, passes, lanes } = this.options;
    const salt = unpadded(randomBytes(SALT_BYTES).toString('base64'));
    const start = `argon2$argon2id$v=19$m=${memory},t=${passes},p=${lanes}$${salt}$`;
    return {
      by: { kernel: 'argon2', variety: 'argon2id', ...this.options, salt, length: DIGEST_BYTES },
      encode: (digest) => start + unpadded(digest),
    };
  }

  override read(encoded: string): StoredHash | undefined {
    const { variety, m, t, p, salt = '', digest = '' } = ENVELOPE.exec(encoded)?.groups ?? {};
    const by: Argon2 = {
      kernel: 'argon2',
      variety: variety as Argon2['variety'],
      memory: Number(m),
      passes: Number(t),
      lanes: Number(p),
      salt,
      length: bytesIn(digest),
    };
    if (!isAffordable(by)) return undefined;
    const padded = digest.padEnd(Math.ceil(digest.length / 4) * 4, '=');
    const shortfall = this.fallsShort(by) ? [this.fresh().by] : undefined;
    return { claim: { by, digest: padded }, shortfall };
  }

  /** More passes over less memory are not as good; fewer passes over more memory may be. */
  private fallsShort({ variety, memory, passes, salt }: Argon2): boolean {
    const { memory: wanted, passes: times } = this.options;
    if (variety !== 'argon2id' || bytesIn(salt) < SALT_BYTES) return true;
    return memory < wanted || memory * passes < wanted * times;
  }
}

/** Also false for the `NaN` of a hash that could not be read. */
function isAffordable({ memory, passes, lanes }: Argon2): boolean {
  if (!(lanes >= 1 && lanes <= MAX_LANES && passes >= 1)) return false;
  return memory >= 8 * lanes && memory <= MAX_MEMORY && memory * passes <= MAX_WORK;
}

function unpadded(base64: string): string {
  return base64.replace(/=+$/, '');
}

function bytesIn(base64: string): number {
  return Math.floor((base64.length * 3) / 4);
}
