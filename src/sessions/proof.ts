import type { Session } from './session.entity.js';

/** What somebody proved to get a session. */
export interface Proof {
  /** RFC 8176 values and ours (`docs/two-factor.md`), in the order in which they were proved. */
  readonly methods: readonly string[];
  /** When a second factor was proved; absent: none was. */
  readonly twoFactorAt?: Date | undefined;
  /** From when on, without one, the session opens the enrolment calls alone; absent: nobody demands one. */
  readonly enrollBy?: Date | undefined;
}

/**
 * How sure it is that a session is its owner's: `acr` in access tokens. aal2: a second factor was proved; enrollment:
 * she must have one and has none, so that all it opens is getting one.
 */
export type Level = 'enrollment' | 'aal1' | 'aal2';

export function levelOf(
  { twoFactorAt, enrollBy }: Pick<Session, 'twoFactorAt' | 'enrollBy'>,
  now: Date,
): Level {
  if (twoFactorAt !== null) return 'aal2';
  return enrollBy !== null && enrollBy <= now ? 'enrollment' : 'aal1';
}
