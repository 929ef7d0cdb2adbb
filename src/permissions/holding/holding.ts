import { Column } from 'typeorm';

/** What each fact about rights says of itself. */
export abstract class Holding {
  /** From then on it is as if it were not there; null: it does not end by itself. */
  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  expiresAt!: Date | null;

  @Column({ type: 'timestamptz', precision: 3 })
  createdAt!: Date;
}
