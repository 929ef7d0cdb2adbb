import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { ApiKeyRow } from './api-key.entity.js';

/** From where, and how often, a key that has a successor is still used: so that its owner knows when to cut it. */
@Entity('api_key_uses')
export class ApiKeyUse {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'api_key_uses_pkey' })
  keyId!: string;

  /** Empty: not known, or one of very many. */
  @PrimaryColumn('varchar', { length: 45, primaryKeyConstraintName: 'api_key_uses_pkey' })
  ip!: string;

  @ManyToOne(() => ApiKeyRow, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'key_id', foreignKeyConstraintName: 'api_key_uses_key_id_fkey' })
  key?: ApiKeyRow;

  @Column('bigint', { transformer: { from: Number, to: (n: number) => n } })
  count!: number;

  @Column({ type: 'timestamptz', precision: 3 })
  lastUsedAt!: Date;
}
