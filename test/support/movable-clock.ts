import { Clock } from '../../src/common/clock.js';

/** The time, as the test wants it. */
export class MovableClock extends Clock {
  #ahead = 0;

  override millis(): number {
    return Date.now() + this.#ahead;
  }

  forward(seconds: number): void {
    this.#ahead += seconds * 1000;
  }
}
