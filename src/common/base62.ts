/** The digits, in the order of ASCII. */
export const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** So many digits are taken at a time: with 16 bits beside them they stay below 2^53, and no big number is needed. */
const GROUP = 5;
const GROUP_SIZE = 62 ** GROUP;
const WORD_SIZE = 2 ** 16;

const VALUES = new Int8Array(128).fill(-1);
for (let i = 0; i < BASE62.length; i++) VALUES[BASE62.charCodeAt(i)] = i;

/** How many characters this many bytes need. */
export const base62Length = (bytes: number): number => Math.ceil((bytes * 8) / Math.log2(62));

/** Fixed-width base 62, big-endian: no punctuation, so that a double click selects the whole. */
export function toBase62(bytes: Uint8Array): string {
  const words = wordsOf(bytes);
  let text = '';
  for (let left = base62Length(bytes.length); left > 0; left -= GROUP) {
    text = digits(divide(words), Math.min(left, GROUP)) + text;
  }
  return text;
}

/** The bytes that `toBase62` wrote so, or undefined if it never writes this text for that many. */
export function fromBase62(text: string, bytes: number): Buffer | undefined {
  if (text.length !== base62Length(bytes)) return undefined;
  const words = new Uint16Array(Math.ceil(bytes / 2));
  for (let at = 0, end = text.length % GROUP || GROUP; at < text.length; at = end, end += GROUP) {
    const value = valueOf(text, at, end);
    if (value === undefined || multiply(words, 62 ** (end - at), value) > 0) return undefined;
  }
  return bytesOf(words, bytes);
}

/** 16 bits each, the lowest first. */
function wordsOf(bytes: Uint8Array): Uint16Array {
  const words = new Uint16Array(Math.ceil(bytes.length / 2));
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[bytes.length - 1 - i] ?? 0;
    words[i >> 1] = (words[i >> 1] ?? 0) | (byte << ((i & 1) * 8));
  }
  return words;
}

/** Undefined: they say more than so many bytes hold. */
function bytesOf(words: Uint16Array, length: number): Buffer | undefined {
  const bytes = Buffer.alloc(words.length * 2);
  words.forEach((word, i) => bytes.writeUInt16BE(word, bytes.length - 2 - 2 * i));
  const more = bytes.length - length;
  return more > 0 && bytes[0] !== 0 ? undefined : bytes.subarray(more);
}

/** Divides by `GROUP_SIZE` in place, and gives the rest. */
function divide(words: Uint16Array): number {
  let rest = 0;
  for (let i = words.length - 1; i >= 0; i--) {
    const value = rest * WORD_SIZE + (words[i] ?? 0);
    const quotient = Math.floor(value / GROUP_SIZE);
    words[i] = quotient;
    rest = value - quotient * GROUP_SIZE;
  }
  return rest;
}

/** Multiplies in place and adds, and gives what finds no place any more. */
function multiply(words: Uint16Array, factor: number, more: number): number {
  let carry = more;
  for (let i = 0; i < words.length; i++) {
    const value = (words[i] ?? 0) * factor + carry;
    carry = Math.floor(value / WORD_SIZE);
    words[i] = value - carry * WORD_SIZE;
  }
  return carry;
}

function digits(value: number, count: number): string {
  let [text, rest] = ['', value];
  for (let i = 0; i < count; i++) {
    const next = Math.floor(rest / 62);
    text = BASE62.charAt(rest - next * 62) + text;
    rest = next;
  }
  return text;
}

/** Undefined: one of them is no digit. */
function valueOf(text: string, from: number, to: number): number | undefined {
  let value = 0;
  for (let i = from; i < to; i++) {
    const digit = VALUES[text.charCodeAt(i)] ?? -1;
    if (digit < 0) return undefined;
    value = value * 62 + digit;
  }
  return value;
}
