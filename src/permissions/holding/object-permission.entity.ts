import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { definePermissions } from '../../access/permission-name.js';
import { User } from '../../users/user.entity.js';
import { Permission } from '../catalogue/permission.entity.js';
import { Group } from './group.entity.js';
import { Holding } from './holding.js';

export const objectPermissionPermissions = definePermissions('permissions', 'object_permission');

/**
 * A user or a group holds a permission on one object. Its kind is that of the permission; triggers on the table of
 * the kind delete the grants of a row together with it.
 */
@Entity('object_permissions')
@Check('object_permissions_one_holder', `num_nonnulls("user_id", "group_id") = 1`)
@Index('object_permissions_user_key', ['userId', 'permissionId', 'objectId'], {
  unique: true,
  where: 'user_id IS NOT NULL',
})
@Index('object_permissions_group_key', ['groupId', 'permissionId', 'objectId'], {
  unique: true,
  where: 'group_id IS NOT NULL',
})
@Index('object_permissions_object_idx', [
  'objectId',
  'userId',
  'groupId',
  'permissionId',
  'expiresAt',
])
@Index('object_permissions_permission_id_idx', ['permissionId'])
@Index('object_permissions_user_id_id_idx', ['userId', 'id'], { where: 'user_id IS NOT NULL' })
@Index('object_permissions_group_id_id_idx', ['groupId', 'id'], { where: 'group_id IS NOT NULL' })
@Index('object_permissions_object_id_id_idx', ['objectId', 'id'])
@Index('object_permissions_expires_at_idx', ['expiresAt'], { where: 'expires_at IS NOT NULL' })
export class ObjectPermission extends Holding {
  /** UUIDv7. */
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'object_permissions_pkey' })
  id!: string;

  @Column('integer')
  permissionId!: number;

  @Column('uuid')
  objectId!: string;

  @Column('uuid', { nullable: true })
  userId!: string | null;

  @Column('uuid', { nullable: true })
  groupId!: string | null;

  @ManyToOne(() => Permission, { onDelete: 'CASCADE' })
  @JoinColumn({
    name: 'permission_id',
    foreignKeyConstraintName: 'object_permissions_permission_id_fkey',
  })
  permission?: Permission;

  @ManyToOne(() => User, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'object_permissions_user_id_fkey' })
  user?: User;

  @ManyToOne(() => Group, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'group_id', foreignKeyConstraintName: 'object_permissions_group_id_fkey' })
  group?: Group;
}
