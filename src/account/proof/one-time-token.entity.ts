import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { User } from '../../users/user.entity.js';

export type TokenPurpose =
  | 'verify_email'
  | 'reset_password'
  | 'change_email'
  | 'undo_email_change'
  | 'undo_deletion'
  | 'stop_factor_reset';

/**
 * What a link is about, in the words of its purpose: when and from where it was asked for, for what address, and
 * since when the account had the credentials that it found.
 */
export type About = Readonly<Record<string, string>>;

/**
 * A link that was mailed and may be used once, and perhaps a code that stands for it. A user has at most one
 * for each purpose, the newest; but every change of the address can be undone by a link of its own.
 */
@Entity('one_time_tokens')
@Index('one_time_tokens_one_each', ['userId', 'purpose'], {
  unique: true,
  where: "purpose <> 'undo_email_change'",
})
@Check('one_time_tokens_code', `("code_mac" IS NULL) = ("code_expires_at" IS NULL)`)
@Check(
  'one_time_tokens_purpose',
  `"purpose" IN ('verify_email', 'reset_password', 'change_email', 'undo_email_change', 'undo_deletion', 'stop_factor_reset')`,
)
export class OneTimeToken {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'one_time_tokens_pkey' })
  id!: string;

  @Index('one_time_tokens_user_id_idx')
  @Column('uuid')
  userId!: string;

  @ManyToOne(() => User, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'one_time_tokens_user_id_fkey' })
  user?: User;

  @Column('varchar', { length: 20 })
  purpose!: TokenPurpose;

  /** SHA-256 of the secret part. */
  @Column('bytea')
  secretHash!: Buffer;

  /** The canonical address that it was mailed to, and alone speaks for. */
  @Column('varchar', { length: 254 })
  email!: string;

  @Index('one_time_tokens_expires_at_idx')
  @Column({ type: 'timestamptz', precision: 3 })
  expiresAt!: Date;

  @Column('jsonb', { default: {} })
  about!: About;

  /** HMAC of the code under the key ring: a plain hash of eight digits could be turned back. */
  @Column('bytea', { nullable: true })
  codeMac!: Buffer | null;

  /** Sooner than the link. */
  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  codeExpiresAt!: Date | null;

  /** How often this code was tried, right or wrong. */
  @Column('smallint', { default: 0 })
  codeTries!: number;

  /** How often the codes before it were tried since `triesSince`: another mail gives no fresh guesses. */
  @Column('smallint', { default: 0 })
  earlierTries!: number;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  triesSince!: Date | null;

  /** How often it was mailed again since `resentSince`. */
  @Column('smallint', { default: 0 })
  resent!: number;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  resentSince!: Date | null;
}
