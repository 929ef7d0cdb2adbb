/** The longest password, in code points. NIST SP 800-63B-4 (3.1.1.2) asks for 64 at least. */
export const PASSWORD_MAX_LENGTH = 128;

/**
 * What is judged, hashed and compared: NFC of what was typed (NIST SP 800-63B-4, 3.1.1.2), so that two keyboards
 * that write the same `é` differently open the same account. Nothing else is changed; no space is trimmed.
 */
export function normalizePassword(typed: string): string {
  return typed.normalize('NFC');
}

/** Whether it has no UTF-8 form: half of a surrogate pair. All of them would become U+FFFD, and hash alike. */
export function isMalformed(text: string): boolean {
  return /\p{Surrogate}/u.test(text);
}

/** A code point counts as one character, whatever it takes in UTF-8 or UTF-16. */
export function codePointLength(text: string): number {
  return Array.from(text).length;
}
