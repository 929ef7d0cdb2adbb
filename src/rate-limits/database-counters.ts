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

// Index: rate_counters_pkey. Of many at once each waits for the row, and the one past the limit changes nothing. Whoever
// fills the window may count past it: the row then says how many of his found no room, and he takes those back.
const ADD = `
  WITH added AS (
    INSERT INTO rate_counters AS c (key, count, ends_at) VALUES ($1, $5::int, $4)
    ON CONFLICT (key) DO UPDATE SET
      count = CASE WHEN ${OVER} THEN $5 ELSE c.count + $5 END,
      ends_at = CASE WHEN ${OVER} THEN $4 ELSE c.ends_at END
    WHERE c.count < $2 OR ${OVER}
    RETURNING count, ends_at)
  SELECT count, ends_at FROM added
  UNION ALL
  SELECT NULL, ends_at FROM rate_counters WHERE key = $1 AND NOT EXISTS (SELECT FROM added)`;

const TAKE_BACK = `
  UPDATE rate_counters SET count = count - $3::int WHERE key = $1 AND ends_at = $2 AND count >= $3`;

/** Counts for all nodes, where all of them look anyway. */
@Injectable()
export class DatabaseCounters extends Counters {
  constructor(private readonly dataSource: DataSource) {
    super();
  }

  async add(key: Buffer, { limit, window }: Quota, now: number, amount = 1): Promise<Count> {
    const end = now + window * 1000;
    const parameters = [key, limit, new Date(now), new Date(end), amount];
    const [row] = await this.dataSource.query<Row[]>(ADD, parameters);
    // No row at all: it was filled while this statement waited for it.
    const endsAt = row?.ends_at.getTime() ?? end;
    const counted = row?.count ?? undefined;
    if (counted === undefined) return { count: undefined, taken: 0, endsAt };
    const tooMany = Math.max(0, counted - limit);
    if (tooMany > 0) await this.takeBack(key, endsAt, tooMany);
    return { count: counted - tooMany, taken: amount - tooMany, endsAt };
  }

  async takeBack(key: Buffer, endsAt: number, amount = 1): Promise<void> {
    await this.dataSource.query(TAKE_BACK, [key, new Date(endsAt), amount]);
  }
}
