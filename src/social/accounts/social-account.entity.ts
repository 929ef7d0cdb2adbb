import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { User } from '../../users/user.entity.js';

/**
 * Who somebody is at a provider: issuer and subject, and nothing else. An address can pass to another person; what is
 * kept of it, and of the name of the provider, is for its owner to recognise it by.
 */
@Entity('social_accounts')
@Check('social_accounts_subject', `"issuer" <> '' AND "subject" <> ''`)
@Index('social_accounts_issuer_subject_key', ['issuer', 'subject'], { unique: true })
@Index('social_accounts_user_id_id_idx', ['userId', 'id'])
export class SocialAccount {
  /** UUIDv7. */
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'social_accounts_pkey' })
  id!: string;

  @Column('uuid')
  userId!: string;

  @ManyToOne(() => User, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'social_accounts_user_id_fkey' })
  user?: User;

  /** By which provider it came; the same issuer may be configured under another name later. */
  @Column('varchar', { length: 50 })
  provider!: string;

  @Column('varchar', { length: 255 })
  issuer!: string;

  /** OpenID Connect Core, 2: at most 255 ASCII characters, case sensitive. */
  @Column('varchar', { length: 255 })
  subject!: string;

  /** As the provider had it last; null: it told none. */
  @Column('varchar', { length: 254, nullable: true })
  email!: string | null;

  @Column({ type: 'timestamptz', precision: 3 })
  createdAt!: Date;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  lastUsedAt!: Date | null;
}
