import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { User } from '../users/user.entity.js';

export type SessionTransport = 'token' | 'cookie';

/** One sign-in on one device. What a client holds is a copy of it, so there is one thing to revoke. */
@Entity('sessions')
@Check('sessions_transport', `"transport" IN ('token', 'cookie')`)
export class Session {
  /** UUIDv7; `sid` in access tokens. */
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'sessions_pkey' })
  id!: string;

  @Index('sessions_user_id_idx')
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
}
