import { Check, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { User } from '../../users/user.entity.js';
import { ANONYMOUS_GROUP, Group } from './group.entity.js';
import { Holding } from './holding.js';

/** A user is in a group, and in every group that contains it. */
@Entity('group_members')
@Index('group_members_user_id_idx', ['userId'])
@Index('group_members_expires_at_idx', ['expiresAt'], { where: 'expires_at IS NOT NULL' })
@Check('group_members_not_anonymous', `"group_id" <> '${ANONYMOUS_GROUP}'`)
export class GroupMember extends Holding {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'group_members_pkey' })
  groupId!: string;

  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'group_members_pkey' })
  userId!: string;

  @ManyToOne(() => Group, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'group_id', foreignKeyConstraintName: 'group_members_group_id_fkey' })
  group?: Group;

  @ManyToOne(() => User, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'group_members_user_id_fkey' })
  user?: User;
}
