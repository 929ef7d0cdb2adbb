import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { User } from '../users/user.entity.js';
import type { Environment } from './api-key.js';
import { ApiKeyPepper } from './pepper.entity.js';

/** An API key of a user or of a service account. What it is is told once; here is only what proves it. */
@Entity('api_keys')
@Check('api_keys_name', `"name" <> ''`)
@Check('api_keys_environment', `"environment" IN ('live', 'test')`)
@Check('api_keys_times', `"expires_at" > "created_at" AND "retires_at" <= "expires_at"`)
@Check('api_keys_starts', `"starts_at" < "expires_at"`)
@Check('api_keys_rate', `num_nonnulls("rate_limit", "rate_window") IN (0, 2)`)
@Check('api_keys_secret_mac', `octet_length("secret_mac") = 32`)
@Index('api_keys_user_id_id_idx', ['userId', 'id'])
@Index('api_keys_next_warning_at_idx', ['nextWarningAt'], { where: 'next_warning_at IS NOT NULL' })
@Index('api_keys_retires_at_idx', ['retiresAt'], { where: 'retires_at IS NOT NULL' })
@Index('api_keys_revoked_at_idx', ['revokedAt'], { where: 'revoked_at IS NOT NULL' })
@Index('api_keys_rotated_from_key', ['rotatedFrom'], {
  unique: true,
  where: 'rotated_from IS NOT NULL',
})
export class ApiKeyRow {
  /** UUIDv7. */
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'api_keys_pkey' })
  id!: string;

  /** Whose it is: whose rights it carries. */
  @Column('uuid')
  userId!: string;

  @ManyToOne(() => User, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'api_keys_user_id_fkey' })
  user?: User;

  @Column('varchar', { length: 100 })
  name!: string;

  @Column('varchar', { length: 4 })
  environment!: Environment;

  /** HMAC-SHA-256 of the whole key under the pepper. */
  @Column('bytea')
  secretMac!: Buffer;

  @Index('api_keys_pepper_id_idx')
  @Column('uuid')
  pepperId!: string;

  @ManyToOne(() => ApiKeyPepper)
  @JoinColumn({ name: 'pepper_id', foreignKeyConstraintName: 'api_keys_pepper_id_fkey' })
  pepper?: ApiKeyPepper;

  /** Whether it is narrowed to its scopes, of which there may be none; false: it may do what its owner may. */
  @Column('boolean')
  isScoped!: boolean;

  /** Addresses, or ranges in CIDR notation, that it may be used from; empty: any. */
  @Column('text', { array: true, default: () => `'{}'` })
  allowedIps!: string[];

  /** Requests in `rateWindow`; null: any number. */
  @Column('integer', { nullable: true })
  rateLimit!: number | null;

  /** Seconds. */
  @Column('integer', { nullable: true })
  rateWindow!: number | null;

  @Column({ type: 'timestamptz', precision: 3 })
  createdAt!: Date;

  /** Before it the key opens nothing; null: from the beginning. */
  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  startsAt!: Date | null;

  @Index('api_keys_expires_at_idx')
  @Column({ type: 'timestamptz', precision: 3 })
  expiresAt!: Date;

  /** When it stops beside its successor; null: it has none. */
  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  retiresAt!: Date | null;

  /** Since when it is switched off. */
  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  disabledAt!: Date | null;

  /** Since when it is ended, for good. */
  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  revokedAt!: Date | null;

  /** The key in whose place this one came. */
  @Column('uuid', { nullable: true })
  rotatedFrom!: string | null;

  @ManyToOne(() => ApiKeyRow, { onDelete: 'SET NULL', nullable: true })
  @JoinColumn({ name: 'rotated_from', foreignKeyConstraintName: 'api_keys_rotated_from_fkey' })
  predecessor?: ApiKeyRow;

  /** Who made it; null: that account is gone. */
  @Index('api_keys_created_by_idx')
  @Column('uuid', { nullable: true })
  createdBy!: string | null;

  @ManyToOne(() => User, { onDelete: 'SET NULL', nullable: true })
  @JoinColumn({ name: 'created_by', foreignKeyConstraintName: 'api_keys_created_by_fkey' })
  creator?: User;

  /** Written once a minute for all keys together. */
  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  lastUsedAt!: Date | null;

  @Column('varchar', { length: 45, nullable: true })
  lastUsedIp!: string | null;

  /** Requests that it opened. */
  @Column('bigint', { default: 0, transformer: { from: Number, to: (n: number) => n } })
  useCount!: number;

  /** When its owner is to be told next that it will end; null: never again. */
  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  nextWarningAt!: Date | null;
}
