/** The time. Injected, so that a test can move it. */
export class Clock {
  now(): Date {
    return new Date(this.millis());
  }

  /** Milliseconds since the epoch. */
  millis(): number {
    return Date.now();
  }

  /** The moment that lies this many seconds ahead. */
  in(seconds: number): Date {
    return new Date(this.millis() + seconds * 1000);
  }
}
