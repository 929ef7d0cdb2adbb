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

/** Removes sessions that are over. Nothing depends on it: what is over opens nothing. */
@Injectable()
export class SessionSweepService implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #logger = new Logger('Sessions');
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.#timer = setInterval(() => {
      this.sweep().catch(() => {
        this.#logger.warn('Sessions that are over are removed later');
      });
    }, INTERVAL).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.#timer);
  }

  /** Returns how many were removed. Many nodes may sweep at once: each skips what another has in hand. */
  async sweep(): Promise<number> {
    let removed = 0;
    for (;;) {
      const count = await this.removeSome();
      removed += count;
      if (count < BATCH) return removed;
    }
  }

  private async removeSome(): Promise<number> {
    const now = this.clock.now();
    // Index: sessions_expires_at_idx
    const rows = await this.dataSource.query<unknown[]>(
      `WITH removed AS (DELETE FROM sessions WHERE id IN
         (SELECT id FROM sessions WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2
             FOR UPDATE SKIP LOCKED) RETURNING 1)
       SELECT 1 FROM removed`,
      [now, BATCH],
    );
    return rows.length;
  }
}
