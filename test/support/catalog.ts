import type { ProductDto, ProductPageDto } from '../../src/catalog/products/product.dto.js';
import type { ReviewDto, ReviewPageDto } from '../../src/catalog/reviews/review.dto.js';
import type { Problem } from '../../src/common/problem.js';
import type { Answer, Client } from './client.js';

export const BELL = {
  name: 'Tram bell',
  description: 'Rings twice.',
  price: 4900,
  currency: 'EUR',
};
export const PRAISE = { rating: 5, body: 'It does ring.' };

const PRODUCTS = '/v1/catalog/products';

/** Somebody in front of the catalog. */
export class Shopper {
  constructor(readonly client: Client) {}

  list(query = '?limit=200'): Promise<Answer<ProductPageDto>> {
    return this.client.get(PRODUCTS + query);
  }

  /** The ids of all pages. */
  async everyProduct(limit = 200): Promise<string[]> {
    const ids: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const start: string = cursor === '' ? '' : `&cursor=${cursor}`;
      const { body } = await this.list(`?limit=${limit}${start}`);
      ids.push(...body.items.map(({ id }) => id));
      cursor = body.nextCursor;
    }
    return ids;
  }

  add(product: object = BELL): Promise<Answer<ProductDto & Problem>> {
    return this.client.post(PRODUCTS, product);
  }

  read(id: string): Promise<Answer<ProductDto & Problem>> {
    return this.client.get(`${PRODUCTS}/${id}`);
  }

  change(id: string, changes: object = { price: 1 }): Promise<Answer<ProductDto & Problem>> {
    return this.client.patch(`${PRODUCTS}/${id}`, changes);
  }

  remove(id: string): Promise<Answer> {
    return this.client.send({ method: 'DELETE', url: `${PRODUCTS}/${id}` });
  }

  reviewsOf(productId: string, query = ''): Promise<Answer<ReviewPageDto>> {
    return this.client.get(`${PRODUCTS}/${productId}/reviews${query}`);
  }

  review(productId: string, review: object = PRAISE): Promise<Answer<ReviewDto & Problem>> {
    return this.client.post(`${PRODUCTS}/${productId}/reviews`, review);
  }

  readReview(productId: string, id: string): Promise<Answer<ReviewDto & Problem>> {
    return this.client.get(`${PRODUCTS}/${productId}/reviews/${id}`);
  }

  changeReview(productId: string, id: string, changes: object = { rating: 1 }): Promise<Answer> {
    return this.client.patch(`${PRODUCTS}/${productId}/reviews/${id}`, changes);
  }

  removeReview(productId: string, id: string): Promise<Answer> {
    return this.client.send({ method: 'DELETE', url: `${PRODUCTS}/${productId}/reviews/${id}` });
  }
}
