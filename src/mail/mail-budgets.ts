import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../common/clock.js';
import { Settings } from '../config/settings.js';

/** A mail that may be sent now, or when to ask again. */
export type Allowance = { readonly spentAt: Date } | { readonly freeAt: Date };

const HOUR = 3600;
const SWEEP_BATCH = 500;

// What was counted more than an hour from now was counted by a clock that ran ahead.
const AHEAD = `b.last_sent_at > $2::timestamptz + interval '1 hour'`;

// Index: mail_budgets_pkey. The nth newest mail decides, so the bound holds in every minute and every hour,
// whichever node sends. One statement: of two at once, the second waits for what the first has written.
const SPEND = `
  WITH spent AS (
    INSERT INTO mail_budgets AS b (recipient, sent_at, last_sent_at)
    VALUES ($1, ARRAY[$2::timestamptz], $2)
    ON CONFLICT (recipient) DO UPDATE
      SET sent_at = CASE WHEN ${AHEAD} THEN ARRAY[$2::timestamptz] ELSE
            b.sent_at[greatest(1, cardinality(b.sent_at) - $4::int + 2):] || $2::timestamptz END,
          last_sent_at = $2
      WHERE coalesce(b.sent_at[cardinality(b.sent_at) - $3::int + 1] + interval '1 minute' <= $2, true)
        AND coalesce(b.sent_at[cardinality(b.sent_at) - $4::int + 1] + interval '1 hour' <= $2, true)
        OR ${AHEAD}
    RETURNING recipient
  )
  SELECT EXISTS (SELECT FROM spent) AS spent, (
    SELECT greatest(sent_at[cardinality(sent_at) - $3::int + 1] + interval '1 minute',
                    sent_at[cardinality(sent_at) - $4::int + 1] + interval '1 hour')
    FROM mail_budgets WHERE recipient = $1
  ) AS "freeAt"`;

// Index: mail_budgets_pkey
const REFUND = `
  UPDATE mail_budgets
  SET sent_at = sent_at[:array_position(sent_at, $2::timestamptz) - 1]
             || sent_at[array_position(sent_at, $2::timestamptz) + 1:]
  WHERE recipient = $1 AND array_position(sent_at, $2::timestamptz) IS NOT NULL`;

// Index: mail_budgets_last_sent_at_idx
const SWEEP = `
  DELETE FROM mail_budgets WHERE recipient IN (
    SELECT recipient FROM mail_budgets WHERE last_sent_at < $1 LIMIT $2 FOR UPDATE SKIP LOCKED
  )`;

/** How many mails a mailbox may still get: the only place that queries `mail_budgets`. */
@Injectable()
export class MailBudgets {
  constructor(
    private readonly database: DataSource,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  /** Counts a mail to this recipient, unless that would be one too many. */
  async spend(recipient: Buffer): Promise<Allowance> {
    const now = this.clock.now();
    const { perMinute, perHour } = this.settings.mails;
    const [row] = await this.database.query<{ spent: boolean; freeAt: Date | null }[]>(SPEND, [
      recipient,
      now,
      perMinute,
      perHour,
    ]);
    if (row?.spent === true) return { spentAt: now };
    const soon = this.clock.in(1); // what another node has counted meanwhile is not seen here
    return { freeAt: row?.freeAt && row.freeAt > soon ? row.freeAt : soon };
  }

  /** Takes back what was counted for a mail that did not go out. */
  async refund(recipient: Buffer, spentAt: Date): Promise<void> {
    await this.database.query(REFUND, [recipient, spentAt]);
  }

  async sweep(): Promise<void> {
    let deleted: number;
    do {
      [, deleted] = await this.database.query<[unknown, number]>(SWEEP, [
        this.clock.in(-HOUR),
        SWEEP_BATCH,
      ]);
    } while (deleted === SWEEP_BATCH);
  }
}
