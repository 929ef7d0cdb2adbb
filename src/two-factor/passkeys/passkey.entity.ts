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

/** A WebAuthn credential of a user; she may have several. */
@Entity('passkeys')
@Unique('passkeys_credential_id_key', ['credentialId'])
@Check('passkeys_credential_id_size', `octet_length("credential_id") BETWEEN 1 AND 1023`)
@Check('passkeys_user_handle_size', `octet_length("user_handle") BETWEEN 1 AND 64`)
@Check('passkeys_backed_up', `"backup_eligible" OR NOT "backed_up"`)
@Check('passkeys_sign_count', `"sign_count" BETWEEN 0 AND 4294967295`)
export class Passkey {
  /** UUIDv7; what routes name it by. */
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'passkeys_pkey' })
  id!: string;

  @Index('passkeys_user_id_idx')
  @Column('uuid')
  userId!: string;

  @ManyToOne(() => User, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'passkeys_user_id_fkey' })
  user?: User;

  /** As the authenticator calls it; nobody else's. */
  @Column('bytea')
  credentialId!: Buffer;

  /** COSE. */
  @Column('bytea')
  publicKey!: Buffer;

  /** Random; how authenticators tell accounts apart. The same for all passkeys of a user. */
  @Column('bytea')
  userHandle!: Buffer;

  /** Of signatures, as it was reported last; 0 where the authenticator does not count. PostgreSQL's bigint, so text. */
  @Column('bigint')
  signCount!: string;

  /** Whether it may leave the device that made it (BE); never changes. */
  @Column('boolean')
  backupEligible!: boolean;

  /** Whether it has (BS). */
  @Column('boolean')
  backedUp!: boolean;

  /** Whether the authenticator verified its bearer when it was made: only then may it be the only way in. */
  @Column('boolean')
  userVerified!: boolean;

  /** How browsers may reach it: `internal`, `usb`, `hybrid` … */
  @Column('text', { array: true })
  transports!: string[];

  /** Which make of authenticator. */
  @Column('uuid')
  aaguid!: string;

  /** What its owner calls it. */
  @Column('varchar', { length: 100 })
  name!: string;

  @Column({ type: 'timestamptz', precision: 3 })
  createdAt!: Date;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  lastUsedAt!: Date | null;
}
