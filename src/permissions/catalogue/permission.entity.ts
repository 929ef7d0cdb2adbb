import { Check, Column, Entity, PrimaryGeneratedColumn, Unique } from 'typeorm';
import { definePermissions } from '../../access/permission-name.js';

export const permissionPermissions = definePermissions('permissions', 'permission');

/** The catalogue: what can be held. Written at start from what the code defines; see `CatalogueService`. */
@Entity('permissions')
@Unique('permissions_name_key', ['name'])
@Check('permissions_name_shape', `"name" ~ '^[a-z][a-z0-9_]*\\.[a-z][a-z0-9_]*$'`)
export class Permission {
  @PrimaryGeneratedColumn('identity', {
    type: 'integer',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'permissions_pkey',
  })
  id!: number;

  /** `catalog.change_product`. */
  @Column('varchar', { length: 150 })
  name!: string;

  /** `catalog.product`. */
  @Column('varchar', { length: 150 })
  resource!: string;

  /** Whoever holds it on the model needs a second factor, and it is exercised with one alone. */
  @Column('boolean', { default: false })
  requiresTwoFactor!: boolean;
}
