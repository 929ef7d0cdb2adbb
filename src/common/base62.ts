/** The digits, in the order of ASCII. */
export const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** How many characters this many bytes need. */
export const base62Length = (bytes: number): number => Math.ceil((bytes * 8) / Math.log2(62));

/** Fixed-width base 62, big-endian: no punctuation, so that a double click selects the whole. */
export function toBase62(bytes: Uint8Array): string {
  let number = BigInt(`0x${Buffer.from(bytes).toString('hex') || '0'}`);
  let text = '';
  for (let i = base62Length(bytes.length); i > 0; i--) {
    text = BASE62.charAt(Number(number % 62n)) + text;
    number /= 62n;
  }
  return text;
}

/** The bytes that `toBase62` wrote so, or undefined if it never writes this text for that many. */
export function fromBase62(text: string, bytes: number): Buffer | undefined {
  if (text.length !== base62Length(bytes)) return undefined;
  let number = 0n;
  for (const char of text) {
    const digit = BASE62.indexOf(char);
    if (digit < 0) return undefined;
    number = number * 62n + BigInt(digit);
  }
  const hex = number.toString(16).padStart(bytes * 2, '0');
  return hex.length === bytes * 2 ? Buffer.from(hex, 'hex') : undefined;
}
