import type { Standing } from './quota.js';

/** How an attempt that was paid for ends. Failing needs no word: it was counted before it was made. */
export interface Attempt {
  /** How its address stands; undefined: it was not counted for the address. */
  readonly standing: Standing | undefined;
  /** It was the owner, all the way: what was counted on her side is forgotten. */
  succeeded(): Promise<void>;
  /** Nothing was tested, or what was proved is not the whole: this one attempt is not counted. */
  takeBack(): Promise<void>;
}

/**
 * Does what the attempt is for. It stays counted if `isWrong` says so of what was thrown; whatever else was thrown
 * (the line was full, the caller hung up, the database is away) tells nothing of the guess.
 */
export async function during<T>(
  attempt: Attempt,
  isWrong: (error: unknown) => boolean,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    // Lost with the database, it stays counted: too strict, never too lax.
    if (!isWrong(error)) await attempt.takeBack().catch(() => undefined);
    throw error;
  }
}
