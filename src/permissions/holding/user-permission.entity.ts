import { Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { User } from '../../users/user.entity.js';
import { Permission } from '../catalogue/permission.entity.js';
import { Holding } from './holding.js';

/** A user holds a permission on every object of its kind. */
@Entity('user_permissions')
@Index('user_permissions_permission_id_user_id_idx', ['permissionId', 'userId'])
@Index('user_permissions_expires_at_idx', ['expiresAt'], { where: 'expires_at IS NOT NULL' })
export class UserPermission extends Holding {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'user_permissions_pkey' })
  userId!: string;

  @PrimaryColumn('integer', { primaryKeyConstraintName: 'user_permissions_pkey' })
  permissionId!: number;

  @ManyToOne(() => User, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'user_permissions_user_id_fkey' })
  user?: User;

  @ManyToOne(() => Permission, { onDelete: 'CASCADE' })
  @JoinColumn({
    name: 'permission_id',
    foreignKeyConstraintName: 'user_permissions_permission_id_fkey',
  })
  permission?: Permission;
}
