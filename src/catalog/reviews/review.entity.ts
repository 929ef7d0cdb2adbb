import {
  Check,
  Column,
  Entity,
  Index,
  JoinColumn,
  ManyToOne,
  PrimaryColumn,
  Unique,
} from 'typeorm';
import { definePermissions } from '../../access/permission-name.js';
import { Resource } from '../../access/resource.js';
import { User } from '../../users/user.entity.js';
import { Product } from '../products/product.entity.js';

/** `catalog.add_review`, `catalog.change_review`, `catalog.delete_review`, `catalog.view_review`. */
export const reviews = definePermissions('catalog', 'review');

/** What somebody thinks of a product: one of each. It goes with the product, and with its author. */
@Entity('catalog_reviews')
@Unique('catalog_reviews_author_id_product_id_key', ['authorId', 'productId'])
@Index('catalog_reviews_product_id_id_idx', ['productId', 'id'])
@Check('catalog_reviews_rating', '"rating" BETWEEN 1 AND 5')
@Resource(reviews)
export class Review {
  /** UUIDv7. */
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'catalog_reviews_pkey' })
  id!: string;

  @Column('uuid')
  productId!: string;

  @ManyToOne(() => Product, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'product_id', foreignKeyConstraintName: 'catalog_reviews_product_id_fkey' })
  product?: Product;

  @Column('uuid')
  authorId!: string;

  @ManyToOne(() => User, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'author_id', foreignKeyConstraintName: 'catalog_reviews_author_id_fkey' })
  author?: User;

  @Column('smallint')
  rating!: number;

  @Column('varchar', { length: 5000 })
  body!: string;

  @Column({ type: 'timestamptz', precision: 3 })
  createdAt!: Date;

  @Column({ type: 'timestamptz', precision: 3 })
  updatedAt!: Date;
}
