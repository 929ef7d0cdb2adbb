import type { Failure } from './failure.js';
import { RequestAborted } from './failures.js';

/** Milliseconds; a timer knows no more. */
const FOREVER = 2 ** 31 - 1;

/**
 * So many may work at once, so many more may wait, and the next one is refused before anything is done
 * (ASVS 5.0 15.2.2). Who gives up while waiting leaves the line, so that a caller who hangs up
 * holds up nobody. `patience`: milliseconds after which whoever still waits is refused.
 */
export class WaitingLine {
  readonly #waiting = new Set<() => void>();
  #free: number;

  constructor(
    private readonly places: number,
    private readonly longest: number,
    private readonly refusal: () => Failure,
    private readonly patience = FOREVER,
  ) {
    this.#free = places;
  }

  get load(): { readonly running: number; readonly waiting: number } {
    return { running: this.places - this.#free, waiting: this.#waiting.size };
  }

  /** @throws what `refusal` makes, or RequestAborted if the signal came before the turn. */
  async run<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    await this.#enter(signal);
    try {
      return await work();
    } finally {
      this.#leave();
    }
  }

  async #enter(signal: AbortSignal | undefined): Promise<void> {
    if (signal?.aborted) throw new RequestAborted();
    if (this.#free > 0) {
      this.#free -= 1;
      return;
    }
    this.refuseWhenFull();
    await new Promise<void>((resolve, reject) => {
      const leave = (failure: Failure) => {
        stop();
        this.#waiting.delete(turn);
        reject(failure);
      };
      const giveUp = () => {
        leave(new RequestAborted());
      };
      const turn = () => {
        stop();
        resolve();
      };
      const patience = setTimeout(() => {
        leave(this.refusal());
      }, this.patience);
      const stop = () => {
        clearTimeout(patience);
        signal?.removeEventListener('abort', giveUp);
      };
      signal?.addEventListener('abort', giveUp, { once: true });
      this.#waiting.add(turn);
    });
  }

  /** @throws what `refusal` makes, where there is no place even to wait */
  refuseWhenFull(): void {
    if (this.#free === 0 && this.#waiting.size >= this.longest) throw this.refusal();
  }

  /** The place goes to whoever waited longest. */
  #leave(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#free += 1;
      return;
    }
    this.#waiting.delete(next);
    next();
  }
}
