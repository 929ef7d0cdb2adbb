import { fromBase62, toBase62 } from '../common/base62.js';
import { OpaqueToken } from '../common/opaque-token.js';
import type { KeyRing } from '../config/key-ring.js';

const PURPOSE = 'refresh-token';
const SEAL_BYTES = 8;
const SHAPE = /^(\w{1,200})_([\dA-Za-z]{11})$/;

/**
 * An opaque token and a seal that shows that this server issued it. The hash in the database alone says
 * which token is next; the seal tells a used one, which is theft, from one that somebody made up, which
 * must not end anybody's session.
 */
export class RefreshToken {
  private constructor(
    readonly opaque: OpaqueToken,
    private readonly body: string,
    private readonly seal: Buffer,
  ) {}

  static of(opaque: OpaqueToken, ring: KeyRing): RefreshToken {
    const body = opaque.reveal();
    return new RefreshToken(opaque, body, ring.mac(PURPOSE, body).subarray(0, SEAL_BYTES));
  }

  /** Undefined: it is no such token at all. */
  static parse(prefix: string, text: string): RefreshToken | undefined {
    const [, body = '', seal = ''] = SHAPE.exec(text) ?? [];
    const opaque = OpaqueToken.parse(prefix, body);
    const bytes = fromBase62(seal, SEAL_BYTES);
    return opaque && bytes && new RefreshToken(opaque, body, bytes);
  }

  /** Whether a key of the ring sealed it. */
  isGenuine(ring: KeyRing): boolean {
    return ring.isMac(PURPOSE, this.body, this.seal);
  }

  reveal(): string {
    return `${this.body}_${toBase62(this.seal)}`;
  }
}
