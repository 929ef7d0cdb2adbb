import { Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import type { Clock } from '../common/clock.js';

/** Milliseconds between two sweeps. */
const INTERVAL = 600_000;
/** Rows a statement, so that none holds its locks for long. */
const BATCH = 1000;

/** Rows that are over by themselves. */
export interface SweptRows {
  readonly table: string;
  /** The columns of the primary key, as SQL has them. */
  readonly key: string;
  /** The column that says when a row is over. It leads an index. */
  readonly end: string;
  /** Seconds that a row stays after its end. */
  readonly kept?: number;
}

export interface SweepOptions {
  /** Who speaks in the log. */
  readonly name: string;
  /** What is removed, as a sentence begins with it. */
  readonly what: string;
  readonly rows: readonly SweptRows[];
}

/**
 * Removes what is over, every ten minutes. Nothing depends on it: whoever reads such rows looks at their end. Many
 * nodes may sweep at once: each skips what another has in hand.
 */
export abstract class Sweep implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #logger: Logger;
  #timer: NodeJS.Timeout | undefined;

  protected constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly options: SweepOptions,
  ) {
    this.#logger = new Logger(options.name);
  }

  onApplicationBootstrap(): void {
    this.#timer = setInterval(() => {
      this.sweep().catch(() => {
        this.#logger.warn(`${this.options.what} that are over are removed later`);
      });
    }, INTERVAL).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.#timer);
  }

  /** Returns how many rows were removed. */
  async sweep(): Promise<number> {
    let removed = 0;
    for (const rows of this.options.rows) {
      let count: number;
      do {
        count = await this.removeSome(rows);
        removed += count;
      } while (count === BATCH);
    }
    return removed;
  }

  private async removeSome({ table, key, end, kept = 0 }: SweptRows): Promise<number> {
    const [, count] = await this.dataSource.query<[unknown, number]>(
      `DELETE FROM ${table} WHERE (${key}) IN
         (SELECT ${key} FROM ${table} WHERE ${end} <= $1 ORDER BY ${end} LIMIT $2 FOR UPDATE SKIP LOCKED)`,
      [this.clock.in(-kept), BATCH],
    );
    return count;
  }
}
