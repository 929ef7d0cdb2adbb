/** By how much of the time that passes two clocks may drift apart. */
const DRIFT = 0.001;

const monotonic = () => performance.now();
const wallClock = () => Date.now();

/** What it showed, and what this node's own clocks showed then. */
interface Reading {
  readonly shown: number;
  readonly ticks: number;
  readonly wall: number;
}

/**
 * The database's clock, which is the one that all nodes share, as this node knows it: how late it may be there by
 * now, at most. Never too early: not because an answer took long, nor because the clock was set back, nor because this
 * machine slept (which stops the monotonic clock). Milliseconds since the epoch.
 */
export class DatabaseClock {
  #last: Reading | undefined;
  /** As late as it has been at least, once; set back it may be, but then it is not believed. */
  #least: Reading | undefined;
  #ahead: number | undefined;

  constructor(
    private readonly ticks = monotonic,
    private readonly wall = wallClock,
  ) {}

  /** What this node's clocks show; keep it before the database is asked. */
  mark(): Omit<Reading, 'shown'> {
    return { ticks: this.ticks(), wall: this.wall() };
  }

  /** `asked`: the mark from before the database was asked what its clock shows. */
  learn(shown: number, asked: Omit<Reading, 'shown'>): void {
    const now = this.mark();
    const passed = this.#least === undefined ? 0 : now.ticks - this.#least.ticks;
    const least = (this.#least?.shown ?? 0) + passed * (1 - DRIFT);
    this.#least = { ...now, shown: Math.max(least, shown) };
    this.#last = { ...asked, shown };
    this.#ahead = nearestToZero(asked.wall - shown, now.wall - shown);
  }

  /**
   * Milliseconds by which this node's clock was ahead of it (negative: behind) when it was asked last: at least so
   * many, as nobody knows when on its way the answer was given. Undefined: it was never asked.
   */
  get ahead(): number | undefined {
    return this.#ahead;
  }

  /** Undefined: it was never asked. */
  get latest(): number | undefined {
    if (this.#last === undefined || this.#least === undefined) return undefined;
    return Math.max(this.since(this.#last), this.since(this.#least));
  }

  private since({ shown, ticks, wall }: Reading): number {
    return shown + Math.max(this.ticks() - ticks, this.wall() - wall);
  }
}

const nearestToZero = (low: number, high: number): number => Math.min(Math.max(0, low), high);
