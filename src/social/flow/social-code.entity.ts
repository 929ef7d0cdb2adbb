import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { User } from '../../users/user.entity.js';

/** What a single-page or mobile client gets at the end of the way, and exchanges once for a login result. */
@Entity('social_codes')
export class SocialCode {
  /** UUIDv7. */
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'social_codes_pkey' })
  id!: string;

  @Column('bytea')
  secretHash!: Buffer;

  @Index('social_codes_user_id_idx')
  @Column('uuid')
  userId!: string;

  @ManyToOne(() => User, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'social_codes_user_id_fkey' })
  user?: User;

  /** BASE64URL(SHA-256) of the verifier that the client kept (RFC 7636). */
  @Column('varchar', { length: 43 })
  codeChallenge!: string;

  /** What was proved is void when they have changed. */
  @Column({ type: 'timestamptz', precision: 3 })
  credentialsChangedAt!: Date;

  @Index('social_codes_expires_at_idx')
  @Column({ type: 'timestamptz', precision: 3 })
  expiresAt!: Date;
}
