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

/** A mail that this node alone may deliver until its lease ends. */
export type ClaimedMail = Pick<QueuedMail, 'id' | 'payload' | 'attempts' | 'createdAt'>;

/** No key of this node opens the mail. Another node, or the operator, may still have the key. */
export class UnreadableMail extends Error {
  readonly code = 'UNREADABLE';
}

const PURPOSE = 'mail';
const SWEEP_BATCH = 500;

// Served by the index mail_queue_due.
const CLAIM = `
  UPDATE mail_queue SET attempts = attempts + 1, next_attempt_at = $2
  WHERE id = (
    SELECT id FROM mail_queue WHERE failed_at IS NULL AND next_attempt_at <= $1
    ORDER BY next_attempt_at LIMIT 1 FOR UPDATE SKIP LOCKED
  )
  RETURNING id, payload, attempts, created_at AS "createdAt"`;

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

  /** Returns the id of the mail. */
  async add(manager: EntityManager, payload: MailPayload): Promise<string> {
    const id = uuidv7();
    const now = this.clock.now();
    await manager.insert(QueuedMail, {
      id,
      payload: this.keys.seal(PURPOSE, id, Buffer.from(JSON.stringify(payload))),
      nextAttemptAt: now,
      createdAt: now,
    });
    return id;
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

  async giveUp(mail: ClaimedMail): Promise<void> {
    await this.#update(mail, { failedAt: this.clock.now() });
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
