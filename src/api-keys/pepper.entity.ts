import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/**
 * What API keys are hashed with, sealed under `SECRET_KEYS`: these can be replaced, and no key dies with an older one.
 * A new newest secret key brings a new pepper; keys move to it as they are used.
 */
@Entity('api_key_peppers')
export class ApiKeyPepper {
  /** UUIDv7. */
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'api_key_peppers_pkey' })
  id!: string;

  @Column('bytea')
  sealedPepper!: Buffer;

  /** Which secret key was the newest when it was made. */
  @Index('api_key_peppers_made_under_key', { unique: true })
  @Column('bytea')
  madeUnder!: Buffer;

  @Column({ type: 'timestamptz', precision: 3 })
  createdAt!: Date;
}
