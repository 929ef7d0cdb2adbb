import { Check, Column, Entity, PrimaryColumn } from 'typeorm';
import { definePermissions } from '../../access/permission-name.js';
import { Resource } from '../../access/resource.js';

/** `catalog.add_product`, `catalog.change_product`, `catalog.delete_product`, `catalog.view_product`. */
export const products = definePermissions('catalog', 'product');

/** Something that is sold. */
@Entity('catalog_products')
@Check('catalog_products_price', '"price" >= 0')
@Check('catalog_products_currency', `"currency" ~ '^[A-Z]{3}$'`)
@Resource(products)
export class Product {
  /** UUIDv7. */
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'catalog_products_pkey' })
  id!: string;

  @Column('varchar', { length: 200 })
  name!: string;

  @Column('varchar', { length: 5000 })
  description!: string;

  /** In the smallest unit of the currency: cents, not euros. */
  @Column('integer')
  price!: number;

  /** ISO 4217. */
  @Column('varchar', { length: 3 })
  currency!: string;

  @Column({ type: 'timestamptz', precision: 3 })
  createdAt!: Date;

  @Column({ type: 'timestamptz', precision: 3 })
  updatedAt!: Date;
}
