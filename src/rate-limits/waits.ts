/** Seconds of the longest wait, unless the first one is longer. */
const LONGEST = 3600;

export interface Patience {
  /** Failures before waiting begins. */
  readonly free: number;
  /** Seconds of the first wait; each one after it is twice as long, up to an hour. */
  readonly first: number;
  /** Failures in a row after which nothing is tried any more. */
  readonly most: number;
}

/** Milliseconds to wait after the first failure, the second, and so on: as many as there may be. */
export function waits({ free, first, most }: Patience): readonly number[] {
  const longest = Math.max(LONGEST, first);
  return Array.from({ length: most }, (_, i) => {
    const beyond = i + 1 - free;
    return beyond < 0 ? 0 : Math.min(longest, first * 2 ** Math.min(beyond, 12)) * 1000;
  });
}
