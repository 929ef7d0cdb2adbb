import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Clock } from '../../common/clock.js';
import { TotpEnrollment } from './totp-enrollment.entity.js';
import { TotpFactor } from './totp-factor.entity.js';
import { TotpSecrets } from './totp-secrets.service.js';
import { matchingStep, newTotpSecret } from './totp.js';

/** Seconds that there are to set an app up. */
export const ENROLLMENT_TTL = 900;

/** What a code said of a set-up. none: there is none, or none any more. */
export type Confirmation = 'none' | 'wrong' | 'confirmed';

/**
 * The authenticator apps of users, as they come and go. Callers hold the lock of the user, so that of whatever comes at
 * once each sees what the one before it left.
 */
@Injectable()
export class TotpEnrollments {
  constructor(
    private readonly secrets: TotpSecrets,
    private readonly clock: Clock,
  ) {}

  /** When her app was set up and used; undefined: she has none. */
  async factorOf(
    manager: EntityManager,
    userId: string,
  ): Promise<Pick<TotpFactor, 'createdAt' | 'lastUsedAt'> | undefined> {
    const found = await manager.findOne(TotpFactor, {
      select: { userId: true, createdAt: true, lastUsedAt: true },
      where: { userId }, // totp_factors_pkey
    });
    return found ?? undefined;
  }

  /** A new secret, in place of one that was begun before. It opens nothing until it is confirmed. */
  async begin(manager: EntityManager, userId: string): Promise<Buffer> {
    const secret = newTotpSecret();
    const sealedSecret = this.secrets.seal('totp-enrollment', userId, secret);
    const row = { userId, sealedSecret, expiresAt: this.clock.in(ENROLLMENT_TTL) };
    await manager.upsert(TotpEnrollment, row, ['userId']);
    return secret;
  }

  /** The secret counts from now on, in place of another one. The step of the code that proved it is spent. */
  async confirm(manager: EntityManager, userId: string, code: string): Promise<Confirmation> {
    const begun = await manager.findOneBy(TotpEnrollment, { userId }); // totp_enrollments_pkey
    const now = this.clock.now();
    if (begun === null || begun.expiresAt <= now) return 'none';
    const secret = this.secrets.open('totp-enrollment', userId, begun.sealedSecret);
    const step = matchingStep(secret, code, { now: now.getTime(), after: 0 });
    if (step === undefined) return 'wrong';
    const sealedSecret = this.secrets.seal('totp-secret', userId, secret);
    const factor = { userId, sealedSecret, lastStep: step, createdAt: now, lastUsedAt: null };
    await manager.upsert(TotpFactor, factor, ['userId']);
    await manager.delete(TotpEnrollment, { userId });
    return 'confirmed';
  }

  /** False: there was none. A set-up that was begun is over, too. */
  async remove(manager: EntityManager, userId: string): Promise<boolean> {
    await manager.delete(TotpEnrollment, { userId });
    const { affected } = await manager.delete(TotpFactor, { userId });
    return affected === 1;
  }
}
