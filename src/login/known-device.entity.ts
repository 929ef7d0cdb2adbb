import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { User } from '../users/user.entity.js';

/** A device on which its owner signed in before. It opens nothing: it only sets her apart from strangers. */
@Entity('known_devices')
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
}
