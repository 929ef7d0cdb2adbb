import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { User } from '../users/user.entity.js';

/** A device on which its owner signed in before. It opens nothing by itself: it sets her apart from strangers, and may stand for her second factor. */
@Entity('known_devices')
@Check('known_devices_trusted', `("trusted_at" IS NULL) = ("trusted_until" IS NULL)`)
@Index('known_devices_user_id_last_used_at_idx', ['userId', 'lastUsedAt'])
export class KnownDevice {
  /** UUIDv7; in the token. */
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'known_devices_pkey' })
  id!: string;

  @Column('uuid')
  userId!: string;

  @ManyToOne(() => User, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'known_devices_user_id_fkey' })
  user?: User;

  /** SHA-256 of the secret part of the token. */
  @Column('bytea')
  secretHash!: Buffer;

  @Column({ type: 'timestamptz', precision: 3 })
  createdAt!: Date;

  @Column({ type: 'timestamptz', precision: 3 })
  lastUsedAt!: Date;

  /** When the second factor was proved that is not asked for on it any more. Null: it is asked for. */
  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  trustedAt!: Date | null;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  trustedUntil!: Date | null;

  /** What its owner called it, and from where it signed in last: for her list of trusted devices. */
  @Column('varchar', { length: 100, nullable: true })
  name!: string | null;

  @Column('varchar', { length: 512, nullable: true })
  userAgent!: string | null;

  /** The session that was opened on it last, which may have ended. Null: it was before this was kept. */
  @Column('uuid', { nullable: true })
  sessionId!: string | null;
}
