import type { Settings } from '../config/settings.js';
import { Argon2Hasher } from './argon2.hasher.js';
import { BcryptHasher, BcryptSha256Hasher } from './bcrypt.hasher.js';
import type { PasswordHasher } from './password-hasher.js';
import { Pbkdf2Sha1Hasher, Pbkdf2Sha256Hasher } from './pbkdf2.hasher.js';
import { ScryptHasher } from './scrypt.hasher.js';

/** Every kind of hash that Django writes for production; the one of `PASSWORD_HASHER` first. */
export function defaultHashers({ passwordHasher }: Pick<Settings, 'passwordHasher'>) {
  const bcrypt = new BcryptSha256Hasher();
  const argon2 = new Argon2Hasher();
  const preferred = passwordHasher === 'argon2id' ? [argon2, bcrypt] : [bcrypt, argon2];
  const readOnly = [
    new BcryptHasher(),
    new Pbkdf2Sha256Hasher(),
    new Pbkdf2Sha1Hasher(),
    new ScryptHasher(),
  ];
  return [...preferred, ...readOnly] satisfies PasswordHasher[];
}
