import { randomBytes } from 'node:crypto';

/** As long as Django's: 22 characters of about six bits each. */
const LENGTH = 22;

/** 128 random bits in 22 characters, none of them a `$`. */
export function textSalt(): string {
  return randomBytes(16).toString('base64url');
}

/** Old Django wrote salts of 12 characters (`must_update_salt`). */
export function isShortSalt(salt: string): boolean {
  return salt.length < LENGTH;
}
