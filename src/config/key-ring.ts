import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';

const VERSION = 1;
const KEY_ID_BYTES = 4;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEADER_BYTES = 1 + KEY_ID_BYTES + NONCE_BYTES;

/**
 * Seals secrets that must be readable again, with AES-256-GCM (NIST SP 800-38D). Newest key first:
 * the first seals, all open. Each purpose has a key of its own (HKDF, RFC 5869), and the context (say, a
 * row's id) is authenticated, so that a sealed value is worth nothing in another row or for another use.
 */
export class KeyRing {
  readonly #keys: readonly Buffer[];
  readonly #newest: Buffer;

  constructor(keys: readonly Buffer[]) {
    const [newest] = keys;
    if (newest === undefined) throw new Error('A key ring needs at least one key');
    this.#newest = newest;
    this.#keys = keys;
  }

  /** version ‖ key id ‖ nonce ‖ ciphertext ‖ tag */
  seal(purpose: string, context: string, plain: Uint8Array): Buffer {
    const key = this.#newest;
    const nonce = randomBytes(NONCE_BYTES);
    const header = Buffer.concat([Buffer.of(VERSION), keyId(key), nonce]);
    const cipher = createCipheriv('aes-256-gcm', derive(key, purpose), nonce);
    cipher.setAAD(Buffer.concat([header, Buffer.from(context)]));
    const sealed = Buffer.concat([cipher.update(plain), cipher.final()]);
    return Buffer.concat([header, sealed, cipher.getAuthTag()]);
  }

  /** How everything begins that the newest key has sealed: version ‖ key id. */
  get newestMark(): Buffer {
    return Buffer.concat([Buffer.of(VERSION), keyId(this.#newest)]);
  }

  /** @throws if no key of the ring made it, or it was made for another purpose or context. */
  open(purpose: string, context: string, sealed: Uint8Array): Buffer {
    const bytes = Buffer.from(sealed);
    const header = bytes.subarray(0, HEADER_BYTES);
    const id = header.subarray(1, 1 + KEY_ID_BYTES);
    const key = this.#keys.find((candidate) => keyId(candidate).equals(id));
    if (bytes.length < HEADER_BYTES + TAG_BYTES || header[0] !== VERSION || key === undefined) {
      throw new Error(`Sealed under no key of SECRET_KEYS (purpose ${purpose})`);
    }
    const nonce = header.subarray(1 + KEY_ID_BYTES);
    const decipher = createDecipheriv('aes-256-gcm', derive(key, purpose), nonce);
    decipher.setAAD(Buffer.concat([header, Buffer.from(context)]));
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    return Buffer.concat([
      decipher.update(bytes.subarray(HEADER_BYTES, -TAG_BYTES)),
      decipher.final(),
    ]);
  }

  /** Proves that this server has said so (HMAC-SHA-256). */
  mac(purpose: string, text: string): Buffer {
    return authenticate(this.#newest, purpose, text);
  }

  /** The same under each of the older keys: how something was named before the newest one came. */
  olderMacs(purpose: string, text: string): Buffer[] {
    return this.#keys.slice(1).map((key) => authenticate(key, purpose, text));
  }

  /** Whether any key of the ring made it; `mac` may be cut to its first bytes. In constant time. */
  isMac(purpose: string, text: string, mac: Uint8Array): boolean {
    return this.#keys.some((key) => {
      const expected = authenticate(key, purpose, text).subarray(0, mac.length);
      return expected.length === mac.length && timingSafeEqual(expected, mac);
    });
  }
}

const authenticate = (key: Buffer, purpose: string, text: string): Buffer =>
  createHmac('sha256', hkdf(key, `gatehouse/mac/${purpose}`, 32))
    .update(text)
    .digest();

/** What was derived of each key, by its use: there are few uses, and deriving costs more than using. */
const derived = new WeakMap<Buffer, Map<string, Buffer>>();

function hkdf(key: Buffer, info: string, length: number): Buffer {
  const known = derived.get(key) ?? new Map<string, Buffer>();
  derived.set(key, known);
  const made = known.get(info) ?? Buffer.from(hkdfSync('sha256', key, '', info, length));
  known.set(info, made);
  return made;
}

function derive(key: Buffer, purpose: string): Buffer {
  return hkdf(key, `gatehouse/seal/${purpose}`, 32);
}

/** Tells which key sealed a value, without telling anything of the key. */
function keyId(key: Buffer): Buffer {
  return hkdf(key, 'gatehouse/key-id', KEY_ID_BYTES);
}
