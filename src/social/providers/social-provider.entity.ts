import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

/** A provider that administrators have configured at run time, beside those of the settings. */
@Entity('social_providers')
@Check('social_providers_id', `"id" ~ '^[a-z][a-z0-9]*(-[a-z0-9]+)*$'`)
@Check('social_providers_kind', `"kind" IN ('oidc', 'google', 'github')`)
@Check('social_providers_issuer', `("kind" = 'oidc') = ("issuer" IS NOT NULL)`)
export class SocialProviderRow {
  /** `acme`; names it in addresses, and never changes. */
  @PrimaryColumn('varchar', { length: 50, primaryKeyConstraintName: 'social_providers_pkey' })
  id!: string;

  @Column('varchar', { length: 6 })
  kind!: 'oidc' | 'google' | 'github';

  @Column('varchar', { length: 100 })
  name!: string;

  @Column('varchar', { length: 255, nullable: true })
  issuer!: string | null;

  @Column('varchar', { length: 255 })
  clientId!: string;

  /** Sealed under `SECRET_KEYS`; null: a public client. */
  @Column('bytea', { nullable: true })
  sealedClientSecret!: Buffer | null;

  /** For whom, beside `clientId`, ID tokens may be made that apps hand in. */
  @Column('text', { array: true, default: () => `'{}'` })
  nativeClientIds!: string[];

  /** Domains whose addresses it hands out itself. */
  @Column('text', { array: true, default: () => `'{}'` })
  verifiedDomains!: string[];

  /** Whether its tokens are kept for the application. */
  @Column('boolean', { default: false })
  storeTokens!: boolean;

  /** What is asked for beside what a sign-in takes. */
  @Column('text', { array: true, default: () => `'{}'` })
  scopes!: string[];

  @Column('boolean', { default: true })
  isEnabled!: boolean;

  @Column({ type: 'timestamptz', precision: 3 })
  createdAt!: Date;

  @Column({ type: 'timestamptz', precision: 3 })
  updatedAt!: Date;
}
