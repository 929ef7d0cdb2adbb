import { createHmac, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { parse as parseUuid, stringify as stringifyUuid, v7 as uuidv7 } from 'uuid';
import { BASE62, base62Length, fromBase62, toBase62 } from '../common/base62.js';

/** Keys of production and of everything else can be told apart, also by who finds one. */
export type Environment = 'live' | 'test';

const ID_BYTES = 16;
const SECRET_BYTES = 32;
const CHECKSUM_BYTES = 4;
const CHECKSUM_LENGTH = base62Length(CHECKSUM_BYTES);

const headOf = (environment: Environment) => `gh_${environment}_`;

const ID_LENGTH = base62Length(ID_BYTES);
/** Both heads are equally long. */
const ID_START = headOf('live').length;
const SECRET_START = ID_START + ID_LENGTH + 1;
const CHECKSUM_START = SECRET_START + base62Length(SECRET_BYTES) + 1;
const LENGTH = CHECKSUM_START + CHECKSUM_LENGTH;

/**
 * `gh_<live|test>_<id>_<secret>_<checksum>`, letters, digits and underscores only, so that a double click selects the
 * whole and scanners recognise it. The id finds the row; the secret has 256 random bits (ASVS 11.5.1); the checksum
 * (CRC-32) refuses garbage before anything is looked up. It has no `toString`: only `reveal` shows it.
 */
export class ApiKey {
  readonly #text: string;

  private constructor(
    /** UUIDv7 of its row. */
    readonly id: string,
    text: string,
  ) {
    this.#text = text;
  }

  static issue(environment: Environment, id: string = uuidv7()): ApiKey {
    const body = `${prefixOf(environment, id)}_${toBase62(randomBytes(SECRET_BYTES))}_`;
    return new ApiKey(id, body + checksum(body));
  }

  /** Whether it may be a key of this environment, by its shape and its checksum: cheap, for every request that shows one. */
  static isSound(environment: Environment, text: string): boolean {
    if (text.length !== LENGTH || !text.startsWith(headOf(environment))) return false;
    if (text[SECRET_START - 1] !== '_' || text[CHECKSUM_START - 1] !== '_') return false;
    return text.endsWith(checksum(text.slice(0, CHECKSUM_START)));
  }

  /** Undefined: no key, one of another environment, or mistyped. */
  static parse(environment: Environment, text: string): ApiKey | undefined {
    if (!ApiKey.isSound(environment, text)) return undefined;
    const id = fromBase62(text.slice(ID_START, SECRET_START - 1), ID_BYTES);
    return id && new ApiKey(stringifyBytes(id), text);
  }

  /** HMAC-SHA-256 under a pepper: worthless to whoever has the table and not the key ring. */
  mac(pepper: Uint8Array): Buffer {
    return createHmac('sha256', pepper).update(this.#text).digest();
  }

  /** The whole key, to be shown to its owner once. */
  reveal(): string {
    return this.#text;
  }
}

/** What of a key is no secret: how it begins. Names its row. */
export const prefixOf = (environment: Environment, id: string): string =>
  headOf(environment) + toBase62(parseUuid(id));

/** Of which key it is the beginning; undefined: of none. */
export function idOfPrefix(text: string): string | undefined {
  const [, , id = '', ...more] = text.split('_');
  const bytes = more.length === 0 ? fromBase62(id, ID_BYTES) : undefined;
  const isHead = text.startsWith(headOf('live')) || text.startsWith(headOf('test'));
  return bytes && isHead ? stringifyBytes(bytes) : undefined;
}

/** As `toBase62` writes the four bytes; a number of 32 bits needs no big one. */
function checksum(body: string): string {
  let rest = crc32(body);
  let text = '';
  for (let i = CHECKSUM_LENGTH; i > 0; i--) {
    text = BASE62.charAt(rest % 62) + text;
    rest = Math.floor(rest / 62);
  }
  return text;
}

/** Any 16 bytes as a UUID; what is no valid one finds no row. */
function stringifyBytes(bytes: Buffer): string {
  try {
    return stringifyUuid(bytes);
  } catch {
    return NIL;
  }
}

const NIL = '00000000-0000-0000-0000-000000000000';
