import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { Clock } from '../common/clock.js';
import { KeyRing } from '../config/key-ring.js';
import { type MailMessage } from './mail-message.js';
import { type MailTemplate } from './mail-templates.js';
import { QueuedMail } from './queued-mail.entity.js';
import { KEEP_FAILED, LEASE } from './retry.js';

/** What the row holds, sealed. */
export type MailPayload = Omit<MailMessage, 'id'> & { readonly template: MailTemplate };

/** How a mail is counted, and what it takes the place of. */
export type Addressing = Pick<QueuedMail, 'recipient' | 'topic' | 'newestOnly'>;

/** A mail that this node alone may deliver until its lease ends. */
export type ClaimedMail = Pick<
  QueuedMail,
  'id' | 'payload' | 'recipient' | 'attempts' | 'createdAt'
>;

/** No key of this node opens the mail. Another node, or the operator, may still have the key. */
export class UnreadableMail extends Error {
  readonly code = 'UNREADABLE';
}

const PURPOSE = 'mail';
const SWEEP_BATCH = 500;
/** Twenty mails that say the same thing say as much as a thousand. */
const MAX_OF_A_KIND = 20;

// The unique index mail_queue_newest decides, whoever comes at the same time. A node that is just sending
// the former mail finds its row gone, which is how it is meant.
const REPLACE = `
  INSERT INTO mail_queue (id, payload, recipient, topic, newest_only, next_attempt_at, created_at)
  VALUES ($1, $2, $3, $4, true, $5, $5)
  ON CONFLICT (topic) WHERE newest_only DO UPDATE
    SET id = excluded.id, payload = excluded.payload, recipient = excluded.recipient, attempts = 0,
        next_attempt_at = excluded.next_attempt_at, created_at = excluded.created_at
  RETURNING id`;

// Served by the index mail_queue_topic, of which no more than the limit is read.
const ADD = `
  INSERT INTO mail_queue (id, payload, recipient, topic, next_attempt_at, created_at)
  SELECT $1, $2, $3, $4, $5, $5
  WHERE (
    SELECT count(*) FROM (
      SELECT FROM mail_queue WHERE topic = $4 AND failed_at IS NULL LIMIT $6
    ) waiting
  ) < $6
  RETURNING id`;

// Served by the index mail_queue_due.
const CLAIM = `
  UPDATE mail_queue SET attempts = attempts + 1, next_attempt_at = $2
  WHERE id = (
    SELECT id FROM mail_queue WHERE failed_at IS NULL AND next_attempt_at <= $1
    ORDER BY next_attempt_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
  )
  RETURNING id, payload, recipient, attempts, created_at AS "createdAt"`;

// Served by the index mail_queue_failed.
const SWEEP = `
  DELETE FROM mail_queue WHERE id IN (
    SELECT id FROM mail_queue WHERE failed_at < $1 LIMIT $2 FOR UPDATE SKIP LOCKED
  )`;

/** The table of mails to deliver: the only place that queries it. */
@Injectable()
export class MailQueue {
  constructor(
    private readonly database: DataSource,
    private readonly keys: KeyRing,
    private readonly clock: Clock,
  ) {}

  /**
   * Returns the id of the mail. One of which only the newest is sent takes the place of the one that waits; of
   * others no more than a few of a kind wait for one recipient. Undefined: there are enough.
   */
  async add(
    manager: EntityManager,
    payload: MailPayload,
    { newestOnly, ...keys }: Addressing,
  ): Promise<string | undefined> {
    const id = uuidv7();
    const sealed = this.keys.seal(PURPOSE, id, Buffer.from(JSON.stringify(payload)));
    const added = await manager.query<unknown[]>(newestOnly ? REPLACE : ADD, [
      id,
      sealed,
      keys.recipient,
      keys.topic,
      this.clock.now(),
      ...(newestOnly ? [] : [MAX_OF_A_KIND]),
    ]);
    return added.length > 0 ? id : undefined;
  }

  async withdraw(manager: EntityManager, id: string): Promise<void> {
    await manager.delete(QueuedMail, { id });
  }

  /** Takes out the mail that has been due longest; whoever else asks gets another one. */
  async claim(): Promise<ClaimedMail | undefined> {
    const [[mail]] = await this.database.query<[ClaimedMail[], number]>(CLAIM, [
      this.clock.now(),
      this.clock.in(LEASE),
    ]);
    return mail;
  }

  /** @throws UnreadableMail */
  open({ id, payload }: ClaimedMail): MailPayload {
    try {
      return JSON.parse(this.keys.open(PURPOSE, id, payload).toString()) as MailPayload;
    } catch (cause) {
      throw new UnreadableMail('The mail cannot be read', { cause });
    }
  }

  async remove({ id }: ClaimedMail): Promise<void> {
    await this.database.manager.delete(QueuedMail, { id });
  }

  /** @param delay in seconds */
  async postpone(mail: ClaimedMail, delay: number): Promise<void> {
    await this.#update(mail, { nextAttemptAt: this.clock.in(delay) });
  }

  /** Puts it back as if it had not been taken out. */
  async defer(mail: ClaimedMail, until: Date): Promise<void> {
    await this.#update(mail, { nextAttemptAt: until, attempts: mail.attempts - 1 });
  }

  async giveUp(mail: ClaimedMail): Promise<void> {
    await this.#update(mail, { failedAt: this.clock.now(), newestOnly: false });
  }

  /** Deletes what was given up more than a week ago, in small batches. */
  async sweep(): Promise<void> {
    const before = this.clock.in(-KEEP_FAILED);
    let deleted: number;
    do {
      [, deleted] = await this.database.query<[unknown, number]>(SWEEP, [before, SWEEP_BATCH]);
    } while (deleted === SWEEP_BATCH);
  }

  /** Leaves the mail alone if its lease ended and somebody else has taken it out since. */
  async #update({ id, attempts }: ClaimedMail, changes: Partial<QueuedMail>): Promise<void> {
    await this.database.manager.update(QueuedMail, { id, attempts }, changes);
  }
}
