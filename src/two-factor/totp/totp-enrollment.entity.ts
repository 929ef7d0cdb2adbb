import { Column, Entity, Index, JoinColumn, OneToOne, PrimaryColumn } from 'typeorm';
import { User } from '../../users/user.entity.js';

/** A secret that was shown and not yet proved. It opens nothing; the newest one counts. */
@Entity('totp_enrollments')
export class TotpEnrollment {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'totp_enrollments_pkey' })
  userId!: string;

  @OneToOne(() => User, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'totp_enrollments_user_id_fkey' })
  user?: User;

  /** Sealed under the key ring for this user, and for this use. */
  @Column('bytea')
  sealedSecret!: Buffer;

  @Index('totp_enrollments_expires_at_idx')
  @Column({ type: 'timestamptz', precision: 3 })
  expiresAt!: Date;
}
