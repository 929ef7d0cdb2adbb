import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/**
 * A mail that has not been handed over yet, or was given up. The row is written in the transaction of
 * the change that the mail is about, and deleted once the mail is handed over.
 */
@Entity('mail_queue')
@Index('mail_queue_due', ['nextAttemptAt', 'id'], { where: 'failed_at IS NULL' })
@Index('mail_queue_failed', ['failedAt'], { where: 'failed_at IS NOT NULL' })
@Index('mail_queue_newest', ['topic'], { unique: true, where: 'newest_only' })
@Index('mail_queue_topic', ['topic'], { where: 'failed_at IS NULL' })
export class QueuedMail {
  /** UUIDv7; the Message-ID is made of it, so that a receiver can drop a repetition. */
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'mail_queue_pkey' })
  id!: string;

  /** `{ template, to, subject, text, html }` as JSON, sealed for this row: it holds one-time tokens. */
  @Column({ type: 'bytea' })
  payload!: Buffer;

  /** Whose mails are counted together: a keyed hash of the mailbox, apart for what anybody can bring about. */
  @Column({ type: 'bytea' })
  recipient!: Buffer;

  /** A keyed hash of what it says to whom: the template and the address. */
  @Column({ type: 'bytea' })
  topic!: Buffer;

  /** A later mail of this topic takes the place of this one, until it was given up. */
  @Column({ type: 'boolean', default: false })
  newestOnly!: boolean;

  /** How often the mail was taken out for delivery. */
  @Column({ type: 'integer', default: 0 })
  attempts!: number;

  /** While a node is delivering the mail: when the others may assume that it died. */
  @Column({ type: 'timestamptz' })
  nextAttemptAt!: Date;

  @Column({ type: 'timestamptz' })
  createdAt!: Date;

  /** When it was given up. Setting it to NULL within a week makes the mail due again. */
  @Column({ type: 'timestamptz', nullable: true })
  failedAt!: Date | null;
}
