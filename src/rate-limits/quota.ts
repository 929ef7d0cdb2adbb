/** So many in so many seconds, counted from the first. */
export interface Quota {
  /** Tells counters apart; also the name of the policy in `RateLimit-Policy`. */
  readonly name: string;
  readonly limit: number;
  /** Seconds. */
  readonly window: number;
}

/** How somebody stands with a quota, the present call counted. */
export interface Standing {
  readonly quota: Quota;
  readonly allowed: boolean;
  readonly remaining: number;
  /** Until the window ends; at least one. */
  readonly secondsLeft: number;
}

/** What a counter says: how many were counted, and until when. Undefined: it was full, nothing was counted. */
export interface Count {
  readonly count: number | undefined;
  /** How many of them this time: fewer than were asked for where the window has no more room. */
  readonly taken: number;
  /** Milliseconds since the epoch. */
  readonly endsAt: number;
}
