/** Of 32 random bytes fewer than 18 different ones turn up less than once in a million million. */
const FEWEST = 18;

const isPrintable = (byte: number) => byte >= 0x20 && byte <= 0x7e;

/** Whether a key cannot well have come from a random generator: too few different bytes, or plain text. */
export function looksGuessable(key: Uint8Array): boolean {
  return new Set(key).size < FEWEST || key.every(isPrintable);
}
