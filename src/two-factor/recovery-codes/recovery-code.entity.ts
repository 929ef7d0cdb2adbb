import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn, Unique } from 'typeorm';
import { User } from '../../users/user.entity.js';

/** A code that stands in once for a lost factor. One row each, so that two at once do not undo each other. */
@Entity('recovery_codes')
@Unique('recovery_codes_user_id_code_hash_key', ['userId', 'codeHash'])
export class RecoveryCode {
  /** UUIDv7. */
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'recovery_codes_pkey' })
  id!: string;

  @Column('uuid')
  userId!: string;

  @ManyToOne(() => User, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'recovery_codes_user_id_fkey' })
  user?: User;

  /** SHA-256: plain is enough for 130 random bits (ASVS 6.5.2). */
  @Column('bytea')
  codeHash!: Buffer;

  @Column({ type: 'timestamptz', precision: 3 })
  createdAt!: Date;

  /** Null: it is still good. */
  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  usedAt!: Date | null;
}
