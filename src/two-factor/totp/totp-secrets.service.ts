import { Injectable } from '@nestjs/common';
import { KeyRing } from '../../config/key-ring.js';

/** A secret that counts, or one that is still to be proved. */
export type TotpSecretUse = 'totp-secret' | 'totp-enrollment';

/** Seals the secrets of authenticator apps: for one user and one use, and worth nothing in another row. */
@Injectable()
export class TotpSecrets {
  constructor(private readonly ring: KeyRing) {}

  seal(use: TotpSecretUse, userId: string, secret: Buffer): Buffer {
    return this.ring.seal(use, userId, secret);
  }

  open(use: TotpSecretUse, userId: string, sealed: Buffer): Buffer {
    return this.ring.open(use, userId, sealed);
  }
}
