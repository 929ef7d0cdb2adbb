import {
  Check,
  Column,
  Entity,
  Index,
  JoinColumn,
  ManyToOne,
  OneToOne,
  PrimaryColumn,
} from 'typeorm';
import { User } from '../users/user.entity.js';

/** That an administrator will take the second factors of somebody away, unless its owner stops it before. */
@Entity('two_factor_resets')
@Check('two_factor_resets_reason', `"reason" <> ''`)
export class TwoFactorReset {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'two_factor_resets_pkey' })
  userId!: string;

  @OneToOne(() => User, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'two_factor_resets_user_id_fkey' })
  user?: User;

  /** Null: that account is gone. */
  @Index('two_factor_resets_requested_by_idx')
  @Column('uuid', { nullable: true })
  requestedBy!: string | null;

  @ManyToOne(() => User, { onDelete: 'SET NULL', nullable: true })
  @JoinColumn({
    name: 'requested_by',
    foreignKeyConstraintName: 'two_factor_resets_requested_by_fkey',
  })
  requester?: User;

  @Column('varchar', { length: 500 })
  reason!: string;

  @Column({ type: 'timestamptz', precision: 3 })
  createdAt!: Date;

  @Index('two_factor_resets_due_at_idx')
  @Column({ type: 'timestamptz', precision: 3 })
  dueAt!: Date;
}
