import type { Principal } from '../access/principal.js';

/** What a node remembers of a session. Times in milliseconds since the epoch. */
export interface SessionFact {
  readonly id: string;
  readonly userId: string;
  /** Of the cookie's secret, as `latin1`; absent: it is not carried by a cookie. */
  readonly secretHash?: string;
  readonly methods: readonly string[];
  readonly authenticatedAt: Date;
  /** Absent: no second factor was proved. */
  readonly twoFactorAt?: Date;
  /** Absent: none was demanded at the sign-in. */
  readonly enrollBy?: Date;
  readonly expiresAt: number;
  /** What the table said when it was asked last. */
  lastSeenAt: number;
  /** Made for the first request that shows it, together with what its owner is. */
  principal?: Principal;
}
