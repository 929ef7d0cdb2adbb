import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** When a mailbox was last written to. Rows that have nothing to say any more are swept. */
@Entity('mail_budgets')
@Index('mail_budgets_last_sent_at_idx', ['lastSentAt'])
export class MailBudget {
  /** As in `mail_queue`. */
  @PrimaryColumn('bytea', { primaryKeyConstraintName: 'mail_budgets_pkey' })
  recipient!: Buffer;

  /** Oldest first; no more than `MAILS_PER_RECIPIENT_HOURLY`. */
  @Column({ type: 'timestamptz', array: true })
  sentAt!: Date[];

  @Column({ type: 'timestamptz' })
  lastSentAt!: Date;
}
