import {
  Check,
  Column,
  Entity,
  Index,
  JoinColumn,
  ManyToOne,
  PrimaryColumn,
  Unique,
} from 'typeorm';
import { User } from '../../users/user.entity.js';

export type CeremonyPurpose = 'registration' | 'sign_in' | 'second_factor' | 'reauthentication';

/** What an authenticator is asked to sign, once. Whoever answers it takes the row away, right or wrong. */
@Entity('passkey_challenges')
@Unique('passkey_challenges_challenge_hash_key', ['challengeHash'])
@Check(
  'passkey_challenges_purpose',
  `"purpose" IN ('registration', 'sign_in', 'second_factor', 'reauthentication')`,
)
@Check('passkey_challenges_user', `("purpose" = 'sign_in') = ("user_id" IS NULL)`)
@Check('passkey_challenges_bound', `("purpose" = 'sign_in') = ("bound_to" IS NULL)`)
export class PasskeyChallenge {
  /** UUIDv7. */
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'passkey_challenges_pkey' })
  id!: string;

  /** SHA-256 of 32 random bytes. */
  @Column('bytea')
  challengeHash!: Buffer;

  @Column('varchar', { length: 16 })
  purpose!: CeremonyPurpose;

  /** Null: whoever signs in with a passkey says by it who she is. */
  @Index('passkey_challenges_user_id_idx')
  @Column('uuid', { nullable: true })
  userId!: string | null;

  @ManyToOne(() => User, { onDelete: 'CASCADE', nullable: true })
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'passkey_challenges_user_id_fkey' })
  user?: User;

  /** The session or the login challenge that asked, and alone may answer. */
  @Column('uuid', { nullable: true })
  boundTo!: string | null;

  /** Of a registration: the handle that was offered. */
  @Column('bytea', { nullable: true })
  userHandle!: Buffer | null;

  @Index('passkey_challenges_expires_at_idx')
  @Column({ type: 'timestamptz', precision: 3 })
  expiresAt!: Date;
}
