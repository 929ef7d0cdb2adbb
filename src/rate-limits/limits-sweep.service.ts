import {
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../common/clock.js';

/** Milliseconds between two sweeps. */
const INTERVAL = 600_000;
/** Rows a statement, so that none holds its locks for long. */
const BATCH = 1000;

// Indexes: rate_counters_ends_at_idx, guess_counts_expires_at_idx
const SWEEPS = [
  `DELETE FROM rate_counters WHERE key IN (SELECT key FROM rate_counters WHERE ends_at <= $1
     ORDER BY ends_at LIMIT $2 FOR UPDATE SKIP LOCKED)`,
  `DELETE FROM guess_counts WHERE account IN (SELECT account FROM guess_counts WHERE expires_at <= $1
     ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED)`,
];

/** Forgets what is over. Nothing depends on it: what is over holds nobody off. */
@Injectable()
export class LimitsSweepService implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #logger = new Logger('Limits');
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.#timer = setInterval(() => {
      this.sweep().catch(() => {
        this.#logger.warn('Counters that are over are removed later');
      });
    }, INTERVAL).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.#timer);
  }

  /** Returns how many rows were removed. Many nodes may sweep at once: each skips what another has in hand. */
  async sweep(): Promise<number> {
    let removed = 0;
    for (const statement of SWEEPS) {
      let count: number;
      do {
        [, count] = await this.dataSource.query<[unknown, number]>(statement, [
          this.clock.now(),
          BATCH,
        ]);
        removed += count;
      } while (count === BATCH);
    }
    return removed;
  }
}
