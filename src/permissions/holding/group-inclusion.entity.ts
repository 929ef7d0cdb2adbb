import { Check, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { ANONYMOUS_GROUP, Group } from './group.entity.js';
import { Holding } from './holding.js';

/** A group contains another: the members of the other are its members, too. Never in a circle (a trigger). */
@Entity('group_inclusions')
@Index('group_inclusions_included_id_idx', ['includedId'])
@Index('group_inclusions_expires_at_idx', ['expiresAt'], { where: 'expires_at IS NOT NULL' })
@Check(
  'group_inclusions_not_anonymous',
  `'${ANONYMOUS_GROUP}' <> "group_id" AND '${ANONYMOUS_GROUP}' <> "included_id"`,
)
export class GroupInclusion extends Holding {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'group_inclusions_pkey' })
  groupId!: string;

  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'group_inclusions_pkey' })
  includedId!: string;

  @ManyToOne(() => Group, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'group_id', foreignKeyConstraintName: 'group_inclusions_group_id_fkey' })
  group?: Group;

  @ManyToOne(() => Group, { onDelete: 'CASCADE' })
  @JoinColumn({
    name: 'included_id',
    foreignKeyConstraintName: 'group_inclusions_included_id_fkey',
  })
  included?: Group;
}
