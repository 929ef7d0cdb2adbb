import { Column, Entity, Index, PrimaryColumn, Unique } from 'typeorm';
import { definePermissions } from '../../access/permission-name.js';
import { Resource } from '../../access/resource.js';

export const groupPermissions = definePermissions('permissions', 'group');

/** Who is not signed in, as something that can be granted to. What it holds everybody holds. */
export const ANONYMOUS_GROUP = '00000000-0000-7000-8000-000000000001';

/** Users, and other groups, that hold something together. */
@Entity('groups')
@Unique('groups_name_canonical_key', ['nameCanonical'])
@Index('groups_requires_two_factor_idx', ['id'], { where: 'requires_two_factor' })
@Resource(groupPermissions)
export class Group {
  /** UUIDv7. */
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'groups_pkey' })
  id!: string;

  /** As it was typed. */
  @Column('varchar', { length: 150 })
  name!: string;

  /** NFKC, lower case: what makes it unique. */
  @Column('varchar', { length: 600 })
  nameCanonical!: string;

  @Column('varchar', { length: 500, default: '' })
  description!: string;

  /** Whoever is a member, through other groups too, needs a second factor. */
  @Column('boolean', { default: false })
  requiresTwoFactor!: boolean;

  @Column({ type: 'timestamptz', precision: 3 })
  createdAt!: Date;

  @Column({ type: 'timestamptz', precision: 3 })
  updatedAt!: Date;
}
