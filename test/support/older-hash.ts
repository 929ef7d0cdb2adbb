import { pbkdf2Sync } from 'node:crypto';
import { GOOD_PASSWORD } from './make.js';

/** A hash of the good password as Django writes it: right, and not of the kind that is written here. */
export function olderHash(): string {
  const digest = pbkdf2Sync(GOOD_PASSWORD, 'saltsaltsalt', 1000, 32, 'sha256');
  return `pbkdf2_sha256$1000$saltsaltsalt$${digest.toString('base64')}`;
}
