import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import type { RefreshTransport } from '../sessions/device.js';
import type { SessionTransport } from '../sessions/session.entity.js';
import { User } from '../users/user.entity.js';

/** A login that waits for its second factor. It opens nothing else, and ends with the first right answer. */
@Entity('login_challenges')
@Check('login_challenges_tries', '"tries" >= 0')
export class LoginChallenge {
  /** UUIDv7; in the token. */
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'login_challenges_pkey' })
  id!: string;

  @Index('login_challenges_user_id_idx')
  @Column('uuid')
  userId!: string;

  @ManyToOne(() => User, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'login_challenges_user_id_fkey' })
  user?: User;

  /** SHA-256 of the secret part of the token. */
  @Column('bytea')
  secretHash!: Buffer;

  /** What was proved so far: RFC 8176 values, in order. */
  @Column('text', { array: true })
  methods!: string[];

  /** Of the user when it was proved: a change since makes it worthless. */
  @Column({ type: 'timestamptz', precision: 3 })
  credentialsChangedAt!: Date;

  @Column('varchar', { length: 8 })
  transport!: SessionTransport;

  @Column('varchar', { length: 8 })
  refreshTransport!: RefreshTransport;

  @Column('varchar', { length: 100, nullable: true })
  deviceName!: string | null;

  /** Codes that were tried, right or wrong. */
  @Column('smallint', { default: 0 })
  tries!: number;

  @Index('login_challenges_expires_at_idx')
  @Column({ type: 'timestamptz', precision: 3 })
  expiresAt!: Date;
}
