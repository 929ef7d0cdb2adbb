import { Logger } from '@nestjs/common';

/** Milliseconds that the clocks of a node and of the database may be apart before it is said. */
const TOLERATED = 1000;
/** How near they must come again to be called right: one that is about a second wrong is not said each time. */
const RIGHT = 500;
/** Milliseconds after which it is said again, as long as it lasts. */
const AGAIN = 600_000;

/** Says when the clock of this node is wrong, or that of the database: both look alike from here. */
export class ClockWatch {
  readonly #logger = new Logger('Clock');
  /** By the monotonic clock; undefined: the clocks agree. */
  #saidAt: number | undefined;

  constructor(private readonly ticks = () => performance.now()) {}

  /** @param ahead milliseconds by which this node is ahead of the database; negative: behind */
  look(ahead: number): void {
    if (Math.abs(ahead) <= RIGHT && this.#saidAt !== undefined) {
      this.#logger.log('The clock of this node is right again');
      this.#saidAt = undefined;
    }
    if (Math.abs(ahead) <= TOLERATED) return;
    const now = this.ticks();
    if (this.#saidAt !== undefined && now - this.#saidAt < AGAIN) return;
    this.#saidAt = now;
    const seconds = (Math.abs(ahead) / 1000).toFixed(1);
    this.#logger.warn(
      `The clock of this node is ${seconds} s ${ahead > 0 ? 'ahead of' : 'behind'} that of the database: tokens of other nodes may be refused here, and those of this one there`,
    );
  }
}
