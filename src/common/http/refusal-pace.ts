/** Refusals in a row that are answered at once, how many are remembered, and how many a second are forgotten. */
const AT_ONCE = 20;
const REMEMBERED = 40;
const FORGOTTEN = 2;

/**
 * Whoever is refused for now and does not wait as told asks again at once, and a flood of refusals would keep the
 * node from those who are signed in. Past some in a row each waits a while: a timer costs nothing, and it is the flood
 * that waits for it.
 */
export class RefusalPace {
  #refused = 0;
  #at = 0;

  /** How many milliseconds: once or up to twice as many, so that they do not come back together. */
  constructor(private readonly pause: number) {}

  /** How many milliseconds the next refusal is to take. */
  next(now = performance.now()): number {
    const forgotten = ((now - this.#at) / 1000) * FORGOTTEN;
    this.#refused = Math.min(REMEMBERED, Math.max(0, this.#refused - forgotten) + 1);
    this.#at = now;
    return this.#refused > AT_ONCE ? this.pause * (1 + Math.random()) : 0;
  }
}
