import { Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { Permission } from '../catalogue/permission.entity.js';
import { Group } from './group.entity.js';
import { Holding } from './holding.js';

/** A group holds a permission on every object of its kind. */
@Entity('group_permissions')
@Index('group_permissions_permission_id_group_id_idx', ['permissionId', 'groupId'])
@Index('group_permissions_expires_at_idx', ['expiresAt'], { where: 'expires_at IS NOT NULL' })
export class GroupPermission extends Holding {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'group_permissions_pkey' })
  groupId!: string;

  @PrimaryColumn('integer', { primaryKeyConstraintName: 'group_permissions_pkey' })
  permissionId!: number;

  @ManyToOne(() => Group, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'group_id', foreignKeyConstraintName: 'group_permissions_group_id_fkey' })
  group?: Group;

  @ManyToOne(() => Permission, { onDelete: 'CASCADE' })
  @JoinColumn({
    name: 'permission_id',
    foreignKeyConstraintName: 'group_permissions_permission_id_fkey',
  })
  permission?: Permission;
}
