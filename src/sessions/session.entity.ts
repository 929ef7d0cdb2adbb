import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { User } from '../users/user.entity.js';

export type SessionTransport = 'token' | 'cookie';

/** One sign-in on one device. What a client holds is a copy of it, so there is one thing to revoke. */
@Entity('sessions')
@Check('sessions_transport', `"transport" IN ('token', 'cookie')`)
@Check('sessions_cookie_secret', `("transport" = 'cookie') = ("secret_hash" IS NOT NULL)`)
@Check('sessions_refresh_secret', `("transport" = 'token') = ("refresh_hash" IS NOT NULL)`)
@Check('sessions_enrolled', `"two_factor_at" IS NULL OR "enroll_by" IS NULL`)
@Check('sessions_data_size', `octet_length("data"::text) <= 16384`)
@Index('sessions_user_id_id_idx', ['userId', 'id'])
export class Session {
  /** UUIDv7; `sid` in access tokens. */
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'sessions_pkey' })
  id!: string;

  @Column('uuid')
  userId!: string;

  @ManyToOne(() => User, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'sessions_user_id_fkey' })
  user?: User;

  /** How the user proved to be herself: RFC 8176 values, in order. */
  @Column('text', { array: true })
  methods!: string[];

  @Column({ type: 'timestamptz', precision: 3 })
  authenticatedAt!: Date;

  /** When a second factor was proved last, in it or on the device that is trusted since. Null: level one. */
  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  twoFactorAt!: Date | null;

  /** From when on it opens the enrolment calls alone, while none is proved. Null: nobody demanded one. */
  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  enrollBy!: Date | null;

  @Column({ type: 'timestamptz', precision: 3 })
  createdAt!: Date;

  @Column({ type: 'timestamptz', precision: 3 })
  lastSeenAt!: Date;

  /** The absolute end. */
  @Index('sessions_expires_at_idx')
  @Column({ type: 'timestamptz', precision: 3 })
  expiresAt!: Date;

  @Column('inet', { nullable: true })
  ip!: string | null;

  @Column('varchar', { length: 512, nullable: true })
  userAgent!: string | null;

  @Column('varchar', { length: 100, nullable: true })
  deviceName!: string | null;

  @Column('varchar', { length: 8 })
  transport!: SessionTransport;

  /** SHA-256 of what the cookie holds beside the id. */
  @Column('bytea', { nullable: true })
  secretHash!: Buffer | null;

  /** SHA-256 of the refresh token that is next. */
  @Column('bytea', { nullable: true })
  refreshHash!: Buffer | null;

  /** SHA-256 of the one that was used last, by which it is known when it comes again. */
  @Column('bytea', { nullable: true })
  refreshPreviousHash!: Buffer | null;

  /** With it, and only with it and the token used last, the next one can be worked out again. */
  @Column('bytea', { nullable: true })
  refreshSalt!: Buffer | null;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  refreshedAt!: Date | null;

  /** The application's own; see `SessionDataService`. */
  @Column('jsonb', { default: {} })
  data!: Readonly<Record<string, unknown>>;
}
