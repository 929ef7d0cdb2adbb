import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A key that proves events, sealed under `SECRET_KEYS`: these can be replaced, and the proofs stay good. */
@Entity('audit_keys')
export class AuditKey {
  /** UUIDv7. */
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'audit_keys_pkey' })
  id!: string;

  @Column('bytea')
  sealedKey!: Buffer;
}
