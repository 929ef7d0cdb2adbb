import {
  Check,
  Column,
  Entity,
  Index,
  JoinColumn,
  ManyToOne,
  PrimaryColumn,
  Unique,
} from 'typeorm';
import { User } from '../users/user.entity.js';

export type TokenPurpose =
  'verify_email' | 'reset_password' | 'change_email' | 'undo_email_change' | 'undo_deletion';

/** A link that was mailed and may be used once. A user has at most one for each purpose: the newest. */
@Entity('one_time_tokens')
@Unique('one_time_tokens_user_id_purpose_key', ['userId', 'purpose'])
@Check(
  'one_time_tokens_purpose',
  `"purpose" IN ('verify_email', 'reset_password', 'change_email', 'undo_email_change', 'undo_deletion')`,
)
export class OneTimeToken {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'one_time_tokens_pkey' })
  id!: string;

  @Column('uuid')
  userId!: string;

  @ManyToOne(() => User, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'one_time_tokens_user_id_fkey' })
  user?: User;

  @Column('varchar', { length: 20 })
  purpose!: TokenPurpose;

  /** SHA-256 of the secret part. */
  @Column('bytea')
  secretHash!: Buffer;

  /** The canonical address that it was mailed to, and alone speaks for. */
  @Column('varchar', { length: 254 })
  email!: string;

  @Index('one_time_tokens_expires_at_idx')
  @Column({ type: 'timestamptz', precision: 3 })
  expiresAt!: Date;
}
