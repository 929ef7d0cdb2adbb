import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Counters } from './counters.js';
import type { Count, Quota } from './quota.js';

interface Row {
  readonly count: number | null;
  readonly ends_at: Date;
}

/** No window ends later than in one window's time; one that seems to was written by a clock that ran ahead. */
const OVER =
  '(c.ends_at <= $3 OR c.ends_at > $4::timestamptz + ($4::timestamptz - $3::timestamptz))';

// Index: rate_counters_pkey. Of many at once each waits for the row, and the one past the limit changes nothing.
const ADD = `
  WITH added AS (
    INSERT INTO rate_counters AS c (key, count, ends_at) VALUES ($1, 1, $4)
    ON CONFLICT (key) DO UPDATE SET
      count = CASE WHEN ${OVER} THEN 1 ELSE c.count + 1 END,
      ends_at = CASE WHEN ${OVER} THEN $4 ELSE c.ends_at END
    WHERE c.count < $2 OR ${OVER}
    RETURNING count, ends_at)
  SELECT count, ends_at FROM added
  UNION ALL
  SELECT NULL, ends_at FROM rate_counters WHERE key = $1 AND NOT EXISTS (SELECT FROM added)`;

const TAKE_BACK = `
  UPDATE rate_counters SET count = count - 1 WHERE key = $1 AND ends_at = $2 AND count > 0`;

/** Counts for all nodes, where all of them look anyway. */
@Injectable()
export class DatabaseCounters extends Counters {
  constructor(private readonly dataSource: DataSource) {
    super();
  }

  async add(key: Buffer, { limit, window }: Quota, now: number): Promise<Count> {
    const end = now + window * 1000;
    const parameters = [key, limit, new Date(now), new Date(end)];
    const [row] = await this.dataSource.query<Row[]>(ADD, parameters);
    // No row at all: it was filled while this statement waited for it.
    return { count: row?.count ?? undefined, endsAt: row?.ends_at.getTime() ?? end };
  }

  async takeBack(key: Buffer, endsAt: number): Promise<void> {
    await this.dataSource.query(TAKE_BACK, [key, new Date(endsAt)]);
  }
}
