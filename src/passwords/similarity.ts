import { codePointLength } from './password-text.js';

/** Python's `\W+`: everything but letters, numbers and the underscore. Marks are not letters there. */
const NOT_WORDS = /[^\p{L}\p{N}_]+/u;

/**
 * Twice the characters that two texts share, over all their characters: 1 for anagrams, 0 for strangers.
 * Python's `SequenceMatcher.quick_ratio`, over code points.
 */
export function quickRatio(a: string, b: string): number {
  const left = new Map<string, number>();
  for (const character of b) left.set(character, (left.get(character) ?? 0) + 1);
  let shared = 0;
  for (const character of a) {
    const count = left.get(character) ?? 0;
    if (count === 0) continue;
    left.set(character, count - 1);
    shared += 1;
  }
  const total = codePointLength(a) + codePointLength(b);
  return total === 0 ? 1 : (2 * shared) / total;
}

/**
 * Whether a password resembles a value or one of its words: Django's `UserAttributeSimilarityValidator`, with the
 * filter that passes over parts too short to matter (CVE-2021-45115).
 */
export function resembles(password: string, value: string, maxSimilarity: number): boolean {
  const lowered = password.toLowerCase();
  const whole = value.toLowerCase();
  const length = codePointLength(lowered);
  return [...whole.split(NOT_WORDS), whole].some((part) => {
    const partLength = codePointLength(part);
    const tooShort = length >= 10 * partLength && partLength < (maxSimilarity / 2) * length;
    return !tooShort && quickRatio(lowered, part) >= maxSimilarity;
  });
}
