import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { ApiKeyRow } from './api-key.entity.js';

/** Something that a key may be used for. The permission is named by its number, and is renamed with it. */
@Entity('api_key_scopes')
@Index('api_key_scopes_everywhere_key', ['keyId', 'permissionId'], {
  unique: true,
  where: 'object_id IS NULL',
})
@Index('api_key_scopes_object_key', ['keyId', 'permissionId', 'objectId'], {
  unique: true,
  where: 'object_id IS NOT NULL',
})
@Index('api_key_scopes_permission_id_idx', ['permissionId'])
export class ApiKeyScope {
  /** UUIDv7. */
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'api_key_scopes_pkey' })
  id!: string;

  @Column('uuid')
  keyId!: string;

  @ManyToOne(() => ApiKeyRow, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'key_id', foreignKeyConstraintName: 'api_key_scopes_key_id_fkey' })
  key?: ApiKeyRow;

  @Column('integer')
  permissionId!: number;

  /** By name: the room of permissions is a stranger here. */
  @ManyToOne('Permission', { onDelete: 'CASCADE' })
  @JoinColumn({
    name: 'permission_id',
    foreignKeyConstraintName: 'api_key_scopes_permission_id_fkey',
  })
  permission?: object;

  /** Null: on every object. */
  @Column('uuid', { nullable: true })
  objectId!: string | null;
}
