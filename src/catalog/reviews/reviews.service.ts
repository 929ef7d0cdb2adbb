import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import type { Principal } from '../../access/principal.js';
import { Clock } from '../../common/clock.js';
import { NotFound } from '../../common/failures.js';
import type { Page, PageQuery } from '../../common/paging.js';
import { RightsService } from '../../permissions/holding/rights.service.js';
import { type Asker, PermissionsService } from '../../permissions/permissions.service.js';
import { Product, products } from '../products/product.entity.js';
import type { NewReviewDto, ReviewChangesDto } from './review.dto.js';
import { Review, reviews } from './review.entity.js';
import { AlreadyReviewed } from './reviews.errors.js';

type NewReview = Pick<NewReviewDto, keyof NewReviewDto>;
type ReviewChanges = Pick<ReviewChangesDto, keyof ReviewChangesDto>;

/** Where a review stands: its own id, under that of its product. */
export interface ReviewPlace {
  readonly productId: string;
  readonly id: string;
}

/**
 * The only place that writes reviews. Who may do what with a review stands on the routes; that nobody gets at one
 * through a product which she may not view, or which is not its own, is seen to here.
 */
@Injectable()
export class ReviewsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly rights: RightsService,
    private readonly permissions: PermissionsService,
  ) {}

  /** Those that the asker may view, of a product that the route has let her view. @throws NotFound */
  async list(asker: Asker, productId: string, page: PageQuery): Promise<Page<Review>> {
    // Index: catalog_reviews_product_id_id_idx
    const query = this.dataSource
      .getRepository(Review)
      .createQueryBuilder('review')
      .where('review.productId = :productId', { productId });
    const found = await this.permissions.visiblePage(query, asker, reviews.view, page);
    if (found.items.length === 0 && !(await this.exists(productId))) throw new NotFound();
    return found;
  }

  /** It belongs to its author. @throws NotFound, AlreadyReviewed */
  async create(author: Principal, productId: string, given: NewReview): Promise<Review> {
    await this.demandView(author, productId);
    const now = this.clock.now();
    const id = uuidv7({ msecs: now.getTime() });
    const authorId = author.user.id;
    const review: Review = { ...given, id, productId, authorId, createdAt: now, updatedAt: now };
    return this.dataSource.transaction(async (manager) => {
      await this.hold(manager, productId);
      const inserted = await manager
        .createQueryBuilder()
        .insert()
        .into(Review)
        .values(review)
        .orIgnore() // catalog_reviews_author_id_product_id_key decides, also between two at once
        .returning('id')
        .execute();
      if ((inserted.raw as unknown[]).length === 0) throw new AlreadyReviewed();
      await this.rights.grantAll(manager, { type: 'user', id: authorId }, reviews.view, id);
      return review;
    });
  }

  /** @throws NotFound */
  async get(asker: Asker, { productId, id }: ReviewPlace): Promise<Review> {
    await this.demandView(asker, productId);
    const review = await this.dataSource.getRepository(Review).findOneBy({ id, productId }); // catalog_reviews_pkey
    if (review === null) throw new NotFound();
    return review;
  }

  /** @throws NotFound */
  async change(asker: Asker, place: ReviewPlace, changes: ReviewChanges): Promise<Review> {
    await this.demandView(asker, place.productId);
    if (Object.keys(changes).length > 0) {
      const changed = { ...changes, updatedAt: this.clock.now() };
      await this.dataSource.getRepository(Review).update({ ...place }, changed);
    }
    return this.get(asker, place);
  }

  /** @throws NotFound */
  async remove(asker: Asker, place: ReviewPlace): Promise<void> {
    await this.demandView(asker, place.productId);
    const { affected } = await this.dataSource.getRepository(Review).delete({ ...place });
    if (affected !== 1) throw new NotFound();
  }

  private async demandView(asker: Asker, productId: string): Promise<void> {
    if (!(await this.permissions.allows(asker, products.view, productId))) throw new NotFound();
  }

  /** Keeps the product from being deleted until the transaction ends. @throws NotFound */
  private async hold(manager: EntityManager, id: string): Promise<void> {
    const rows = await manager.query<unknown[]>(
      'SELECT 1 FROM catalog_products WHERE id = $1 FOR KEY SHARE',
      [id],
    );
    if (rows.length === 0) throw new NotFound();
  }

  private exists(id: string): Promise<boolean> {
    return this.dataSource.getRepository(Product).existsBy({ id });
  }
}
