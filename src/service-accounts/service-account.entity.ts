import {
  Check,
  Column,
  Entity,
  Index,
  JoinColumn,
  ManyToOne,
  OneToOne,
  PrimaryColumn,
  Unique,
} from 'typeorm';
import { Resource } from '../access/resource.js';
import { Group } from '../permissions/holding/group.entity.js';
import { User } from '../users/user.entity.js';
import { serviceAccountPermissions } from './service-accounts.permissions.js';

/**
 * A principal for servers: no address, no password, no sign-in, only keys. Its row of `users` (`is_service_account`)
 * holds permissions and is in groups like anyone's; this one says what it is for and who answers for it.
 */
@Entity('service_accounts')
@Check('service_accounts_name', `"name" <> ''`)
@Check(
  'service_accounts_responsible',
  `num_nonnulls("responsible_user_id", "responsible_group_id") <= 1`,
)
@Unique('service_accounts_name_canonical_key', ['nameCanonical'])
@Resource(serviceAccountPermissions)
export class ServiceAccount {
  /** That of its row of `users`. */
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'service_accounts_pkey' })
  id!: string;

  @OneToOne(() => User, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'id', foreignKeyConstraintName: 'service_accounts_id_fkey' })
  account?: User;

  /** As it was typed. */
  @Column('varchar', { length: 100 })
  name!: string;

  /** NFKC, lower case: what makes it unique. */
  @Column('varchar', { length: 400 })
  nameCanonical!: string;

  @Column('varchar', { length: 500, default: '' })
  description!: string;

  /** Who answers for it; with no group either: whoever did is gone. */
  @Index('service_accounts_responsible_user_id_idx')
  @Column('uuid', { nullable: true })
  responsibleUserId!: string | null;

  @ManyToOne(() => User, { onDelete: 'SET NULL', nullable: true })
  @JoinColumn({
    name: 'responsible_user_id',
    foreignKeyConstraintName: 'service_accounts_responsible_user_id_fkey',
  })
  responsibleUser?: User;

  /** Or whose members do. */
  @Index('service_accounts_responsible_group_id_idx')
  @Column('uuid', { nullable: true })
  responsibleGroupId!: string | null;

  @ManyToOne(() => Group, { onDelete: 'SET NULL', nullable: true })
  @JoinColumn({
    name: 'responsible_group_id',
    foreignKeyConstraintName: 'service_accounts_responsible_group_id_fkey',
  })
  responsibleGroup?: Group;

  @Column({ type: 'timestamptz', precision: 3 })
  createdAt!: Date;

  @Column({ type: 'timestamptz', precision: 3 })
  updatedAt!: Date;
}
