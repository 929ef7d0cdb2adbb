import { createHash, randomBytes } from 'node:crypto';

/** Crockford's digits: none looks like another, and none is needed to read one out (no I, L, O, U). */
const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** 130 bits: ASVS 6.5.4 and NIST SP 800-63B-4, 4.2.1.1 want 64. */
const LENGTH = 26;
/** Four groups of four, and two of five: `7Q2M-…`. */
const GROUPS = [4, 4, 4, 4, 5, 5];
/** What it may be typed with. */
const TYPED = /^[0-9A-Za-z -]*$/;
const CANONICAL = new RegExp(`^[${DIGITS}]{${String(LENGTH)}}$`);

export interface NewRecoveryCode {
  /** As its owner sees it, once. */
  readonly shown: string;
  readonly hash: Buffer;
}

/** One that nobody can guess. 32 digits divide 256, so each is as likely. */
export function newRecoveryCode(): NewRecoveryCode {
  const digits = [...randomBytes(LENGTH)].map((byte) => DIGITS.charAt(byte % DIGITS.length));
  const hash = hashOf(digits.join(''));
  return { shown: GROUPS.map((size) => digits.splice(0, size).join('')).join('-'), hash };
}

/**
 * What is stored of it, and found again by whatever of its spellings: case, spaces and hyphens do not matter, and I and
 * L are read as 1, O as 0. Undefined: it is none, and also if it is one with something missing or more.
 */
export function recoveryCodeHash(shown: string): Buffer | undefined {
  // Letters beyond ASCII may become others in upper case: ı an I, ß two S.
  if (!TYPED.test(shown)) return undefined;
  const bare = shown.replace(/[ -]/g, '').toUpperCase();
  const code = bare.replace(/[IL]/g, '1').replaceAll('O', '0');
  return CANONICAL.test(code) ? hashOf(code) : undefined;
}

const hashOf = (code: string): Buffer => createHash('sha256').update(code).digest();
