import {
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../../common/clock.js';

/** Milliseconds between two sweeps. */
const INTERVAL = 600_000;
/** Rows a statement, so that none holds its locks for long. */
const BATCH = 1000;
/** Seconds that a row stays after its end: what was tried and mailed is counted for a day. */
const COUNTED = 86_400;

/** Removes links that are over, and with them from where they were asked for. Nothing depends on it. */
@Injectable()
export class OneTimeSweepService implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #logger = new Logger('Links');
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.#timer = setInterval(() => {
      this.sweep().catch(() => {
        this.#logger.warn('Links that are over are removed later');
      });
    }, INTERVAL).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.#timer);
  }

  /** Returns how many were removed. Many nodes may sweep at once: each skips what another has in hand. */
  async sweep(): Promise<number> {
    let removed = 0;
    let count: number;
    do {
      // Index: one_time_tokens_expires_at_idx
      [, count] = await this.dataSource.query<[unknown, number]>(
        `DELETE FROM one_time_tokens WHERE id IN
           (SELECT id FROM one_time_tokens WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2
               FOR UPDATE SKIP LOCKED)`,
        [this.clock.in(-COUNTED), BATCH],
      );
      removed += count;
    } while (count === BATCH);
    return removed;
  }
}
