import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** next: published, signs later. current: signs. retiring: signs no more, and verifies what it signed. */
export type SigningKeyState = 'next' | 'current' | 'retiring';

/** An ES256 key that signs access tokens (RFC 7518, 3.4). There is one next and one current. */
@Entity('signing_keys')
@Check('signing_keys_state', `"state" IN ('next', 'current', 'retiring')`)
@Check('signing_keys_activated', `("state" = 'next') = ("activated_at" IS NULL)`)
@Check('signing_keys_retires', `("state" = 'retiring') = ("retires_at" IS NOT NULL)`)
@Index('signing_keys_one_of_each', ['state'], { unique: true, where: `state <> 'retiring'` })
export class SigningKey {
  /** `kid`: the JWK thumbprint (RFC 7638). */
  @PrimaryColumn('varchar', { length: 64, primaryKeyConstraintName: 'signing_keys_pkey' })
  kid!: string;

  /** PKCS #8, sealed under the key ring. */
  @Column('bytea')
  sealedPrivateKey!: Buffer;

  @Column('varchar', { length: 8 })
  state!: SigningKeyState;

  @Column({ type: 'timestamptz', precision: 3 })
  createdAt!: Date;

  /** When it began to sign. */
  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  activatedAt!: Date | null;

  /** When the last token that it signed has ended. */
  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  retiresAt!: Date | null;
}
