import { Column, Entity, Index, JoinColumn, OneToOne, PrimaryColumn } from 'typeorm';
import { SocialAccount } from '../accounts/social-account.entity.js';

/** By what a provider is asked in the name of somebody who has let it; they go with what she linked. */
@Entity('social_tokens')
export class SocialTokens {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'social_tokens_pkey' })
  socialAccountId!: string;

  @OneToOne(() => SocialAccount, { onDelete: 'CASCADE' })
  @JoinColumn({
    name: 'social_account_id',
    foreignKeyConstraintName: 'social_tokens_social_account_id_fkey',
  })
  socialAccount?: SocialAccount;

  /** Which one gave them: by its client id alone they are refreshed. */
  @Index('social_tokens_provider_idx')
  @Column('varchar', { length: 50 })
  provider!: string;

  /** Sealed under the key ring for this row, as the next one. */
  @Column('bytea')
  sealedAccessToken!: Buffer;

  /** Null: the provider gave none. */
  @Column('bytea', { nullable: true })
  sealedRefreshToken!: Buffer | null;

  @Column('varchar', { length: 1000, nullable: true })
  scope!: string | null;

  /** Of the access token; null: the provider did not say. */
  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  expiresAt!: Date | null;

  /** Until when one node is about to refresh them, and no other; it names that attempt. */
  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  refreshingUntil!: Date | null;

  @Column({ type: 'timestamptz', precision: 3 })
  updatedAt!: Date;
}
