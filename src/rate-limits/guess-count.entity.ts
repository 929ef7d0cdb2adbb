import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** How many guesses in a row were wrong for an account, whether or not there is one. */
@Entity('guess_counts')
@Check('guess_counts_known', '"known_failures" >= 0 AND "known_failures" <= "failures"')
export class GuessCount {
  /** HMAC of the canonical address: nobody reads an address here. */
  @PrimaryColumn({ type: 'bytea', primaryKeyConstraintName: 'guess_counts_pkey' })
  account!: Buffer;

  /** Of everybody. */
  @Column('integer')
  failures!: number;

  /** Those among them that came from devices which had signed in before. */
  @Column('integer')
  knownFailures!: number;

  /** Until when strangers wait. */
  @Column({ type: 'timestamptz', precision: 3 })
  waitUntil!: Date;

  /** Until when known devices wait. */
  @Column({ type: 'timestamptz', precision: 3 })
  knownWaitUntil!: Date;

  /** When it may be forgotten. */
  @Index('guess_counts_expires_at_idx')
  @Column({ type: 'timestamptz', precision: 3 })
  expiresAt!: Date;
}
