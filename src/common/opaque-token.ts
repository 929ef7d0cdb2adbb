import { createHmac, hash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { parse as parseUuid, stringify as stringifyUuid, v7 as uuidv7 } from 'uuid';
import { base62Length, fromBase62, toBase62 } from './base62.js';

const ID_BYTES = 16;
const SECRET_BYTES = 32;
const CHECKSUM_BYTES = 4;
const ID_LENGTH = base62Length(ID_BYTES);
const SECRET_LENGTH = base62Length(SECRET_BYTES);
const CHECKSUM_LENGTH = base62Length(CHECKSUM_BYTES);

/**
 * A bearer secret: `prefix_id_secret` and a checksum, letters, digits and underscores only. The id finds
 * the row; the secret has 256 random bits (ASVS 11.5.1), of which only a hash is stored; the checksum
 * refuses garbage before anything is looked up. It has no `toString`: only `reveal` shows it.
 */
export class OpaqueToken {
  readonly #secret: Buffer;

  private constructor(
    readonly prefix: string,
    /** UUIDv7 of the row that holds the hash. */
    readonly id: string,
    secret: Buffer,
  ) {
    this.#secret = secret;
  }

  /** With a fresh secret; for a new row, or for the one of this id. */
  static issue(prefix: string, id: string = uuidv7()): OpaqueToken {
    return new OpaqueToken(prefix, id, randomBytes(SECRET_BYTES));
  }

  /** The token that `reveal` wrote so, or undefined: other prefix, other shape, wrong checksum. */
  static parse(prefix: string, text: string): OpaqueToken | undefined {
    const idAt = prefix.length + 1;
    const secretAt = idAt + ID_LENGTH + 1;
    const sumAt = secretAt + SECRET_LENGTH;
    if (text.length !== sumAt + CHECKSUM_LENGTH || !text.startsWith(prefix)) return undefined;
    if (text[idAt - 1] !== '_' || text[secretAt - 1] !== '_') return undefined;
    if (text.slice(sumAt) !== checksum(text.slice(0, sumAt))) return undefined;
    const id = uuidOf(fromBase62(text.slice(idAt, secretAt - 1), ID_BYTES));
    const secret = fromBase62(text.slice(secretAt, sumAt), SECRET_BYTES);
    if (id === undefined || secret === undefined) return undefined;
    return new OpaqueToken(prefix, id, secret);
  }

  /** SHA-256 of the secret. Plain is enough: 256 random bits cannot be guessed offline. */
  get hash(): Buffer {
    return hash('sha256', Buffer.concat([Buffer.from(`${this.prefix}_`), this.#secret]), 'buffer');
  }

  /**
   * A secret that only the bearer of this one, or who has it shown, can work out (HMAC-SHA-256): what it is
   * for and, perhaps, a salt keep such secrets apart.
   */
  derive(purpose: string, salt: Uint8Array = Buffer.of()): Buffer {
    return createHmac('sha256', this.#secret).update(`${purpose}\0`).update(salt).digest();
  }

  /** The token that follows this one under that salt; the same each time. */
  successor(salt: Uint8Array): OpaqueToken {
    return new OpaqueToken(this.prefix, this.id, this.derive('successor', salt));
  }

  /** The whole token, to be shown to its bearer once. */
  reveal(): string {
    const body = `${this.prefix}_${toBase62(parseUuid(this.id))}_${toBase62(this.#secret)}`;
    return body + checksum(body);
  }
}

function checksum(body: string): string {
  const bytes = Buffer.alloc(CHECKSUM_BYTES);
  bytes.writeUInt32BE(crc32(body));
  return toBase62(bytes);
}

/** Undefined: they are no valid UUID, and no row has such an id. */
function uuidOf(bytes: Buffer | undefined): string | undefined {
  try {
    return bytes && stringifyUuid(bytes);
  } catch {
    return undefined;
  }
}
