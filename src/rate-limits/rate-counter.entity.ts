import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** How often somebody did something in the window that ends then. */
@Entity('rate_counters')
@Check('rate_counters_count', '"count" >= 0')
export class RateCounter {
  /** HMAC of what is counted and for whom: nobody reads an address here. */
  @PrimaryColumn({ type: 'bytea', primaryKeyConstraintName: 'rate_counters_pkey' })
  key!: Buffer;

  @Column('integer')
  count!: number;

  @Index('rate_counters_ends_at_idx')
  @Column({ type: 'timestamptz', precision: 3 })
  endsAt!: Date;
}
