/** Seconds after which a node that took a mail out is taken for dead. Longer than any delivery lasts. */
export const LEASE = 240;

/** Seconds a mail is tried for, from when it was queued. */
export const GIVE_UP_AFTER = 3 * 86_400;

/** Seconds a mail that was given up is kept for the operator. */
export const KEEP_FAILED = 7 * 86_400;

const FIRST = 5;
const LONGEST = 900;

/**
 * Seconds to wait after the nth attempt: 5, doubling, at most 15 minutes; of that, at random, the upper
 * half, so that mails which failed together do not come back together.
 * @param random from 0 to 1
 */
export function retryDelay(attempts: number, random: number): number {
  const whole = Math.min(FIRST * 2 ** (attempts - 1), LONGEST);
  return whole * (0.5 + random / 2);
}
