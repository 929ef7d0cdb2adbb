import { Check, Column, Entity, JoinColumn, OneToOne, PrimaryColumn } from 'typeorm';
import { User } from '../../users/user.entity.js';

/** The authenticator app of a user, proved once; she has at most one. */
@Entity('totp_factors')
@Check('totp_factors_last_step', '"last_step" >= 0')
export class TotpFactor {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'totp_factors_pkey' })
  userId!: string;

  @OneToOne(() => User, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'totp_factors_user_id_fkey' })
  user?: User;

  /** 20 bytes (RFC 4226, R6), sealed under the key ring for this user. */
  @Column('bytea')
  sealedSecret!: Buffer;

  /** The time step whose code was accepted last: it and those before it are spent (RFC 6238, 5.2). */
  @Column('integer')
  lastStep!: number;

  @Column({ type: 'timestamptz', precision: 3 })
  createdAt!: Date;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  lastUsedAt!: Date | null;
}
