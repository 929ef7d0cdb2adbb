import { Clock } from '../../src/common/clock.js';

/** The time, as the test wants it. */
export class MovableClock extends Clock {
  #ahead = 0;

  override now(): Date {
    return new Date(Date.now() + this.#ahead);
  }

  forward(seconds: number): void {
    this.#ahead += seconds * 1000;
  }
}
