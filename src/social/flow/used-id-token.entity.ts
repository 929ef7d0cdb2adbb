import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** That an ID token was handed in, for as long as it could be handed in again. */
@Entity('social_used_id_tokens')
export class UsedIdToken {
  /** SHA-256 of what is signed of it. */
  @PrimaryColumn({ type: 'bytea', primaryKeyConstraintName: 'social_used_id_tokens_pkey' })
  hash!: Buffer;

  @Index('social_used_id_tokens_expires_at_idx')
  @Column({ type: 'timestamptz', precision: 3 })
  expiresAt!: Date;
}
