import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import type { SessionTransport } from '../../sessions/session.entity.js';
import { User } from '../../users/user.entity.js';

/**
 * Somebody who is on the way to a provider. The row is taken once; what the provider must repeat (state) and what the
 * browser must show (its cookie) are here as hashes, and what proves the exchange (PKCE, nonce) is worked out of the
 * cookie, so that the table holds no secret at all.
 */
@Entity('social_flows')
@Check('social_flows_transport', `"transport" IN ('token', 'cookie')`)
@Check('social_flows_challenge', `"transport" = 'cookie' OR "code_challenge" IS NOT NULL`)
@Check(
  'social_flows_owner',
  `("user_id" IS NULL) = ("session_id" IS NULL) AND ("user_id" IS NULL) = ("credentials_changed_at" IS NULL)`,
)
export class SocialFlow {
  /** UUIDv7; the id within `state`. */
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'social_flows_pkey' })
  id!: string;

  @Column('bytea')
  stateHash!: Buffer;

  /** Of the cookie of the browser that began. */
  @Column('bytea')
  browserHash!: Buffer;

  @Column('varchar', { length: 50 })
  provider!: string;

  /** Where the browser is sent in the end; checked when it began. */
  @Column('varchar', { length: 2048 })
  redirectTo!: string;

  @Column('varchar', { length: 6 })
  transport!: SessionTransport;

  /** PKCE (S256) of our own client, to which alone the code at the end is worth anything. */
  @Column('varchar', { length: 43, nullable: true })
  codeChallenge!: string | null;

  /** Who links an account to her own; null: somebody signs in. */
  @Index('social_flows_user_id_idx')
  @Column('uuid', { nullable: true })
  userId!: string | null;

  @ManyToOne(() => User, { onDelete: 'CASCADE', nullable: true })
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'social_flows_user_id_fkey' })
  user?: User;

  /** Of who links: where it was begun, with a fresh proof. It may have ended since. */
  @Column('uuid', { nullable: true })
  sessionId!: string | null;

  /** Of who links: the credentials with which it was begun. */
  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  credentialsChangedAt!: Date | null;

  @Index('social_flows_expires_at_idx')
  @Column({ type: 'timestamptz', precision: 3 })
  expiresAt!: Date;
}
