import { randomBytes, timingSafeEqual } from 'node:crypto';
import speakeasy from 'speakeasy';

/** Seconds of a time step (RFC 6238, 4.1). */
const STEP = 30;
const SHAPE = /^[0-9]{6}$/;

/** 160 random bits (RFC 4226, R6). speakeasy's own would have 118 at that length. */
export const newTotpSecret = (): Buffer => randomBytes(20);

/** The time step of a moment in milliseconds since the epoch. */
export const stepAt = (millis: number): number => Math.floor(millis / 1000 / STEP);

/** The six digits of a time step (RFC 6238 with SHA-1, as every authenticator app has it). */
export const codeOf = (secret: Buffer, step: number): string =>
  speakeasy.hotp({ secret: secret.toString('hex'), encoding: 'hex', counter: step, digits: 6 });

/**
 * The time step, later than `after`, whose code this is: the present one, or the one before it (RFC 6238, 5.2; a
 * deviation from ASVS 6.5.5). Undefined: none, and also for whatever is not exactly six digits. Both are compared in
 * full, in constant time.
 */
export function matchingStep(
  secret: Buffer,
  code: string,
  { now, after }: { readonly now: number; readonly after: number },
): number | undefined {
  if (!SHAPE.test(code)) return undefined;
  const shown = Buffer.from(code);
  const present = stepAt(now);
  const matching = [present, present - 1].filter((step) =>
    timingSafeEqual(Buffer.from(codeOf(secret, step)), shown),
  );
  return matching.find((step) => step > after);
}
