import { Column, Entity, PrimaryColumn } from 'typeorm';

/** An ES256 key that signs access tokens (RFC 7518, 3.4). */
@Entity('signing_keys')
export class SigningKey {
  /** `kid`: the JWK thumbprint (RFC 7638). */
  @PrimaryColumn('varchar', { length: 64, primaryKeyConstraintName: 'signing_keys_pkey' })
  kid!: string;

  /** PKCS #8, sealed under the key ring. */
  @Column('bytea')
  sealedPrivateKey!: Buffer;

  @Column({ type: 'timestamptz', precision: 3 })
  createdAt!: Date;
}
