import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import type { Principal } from '../../access/principal.js';
import { Clock } from '../../common/clock.js';
import { NotFound } from '../../common/failures.js';
import type { Page, PageQuery } from '../../common/paging.js';
import { PreparedStatement } from '../../database/prepared.js';
import { RightsService } from '../../permissions/holding/rights.service.js';
import { type Asker, PermissionsService } from '../../permissions/permissions.service.js';
import type { NewProductDto, ProductChangesDto } from './product.dto.js';
import { Product, products } from './product.entity.js';

type NewProduct = Pick<NewProductDto, keyof NewProductDto>;
type ProductChanges = Pick<ProductChangesDto, keyof ProductChangesDto>;

// Index: catalog_products_pkey
const productById = new PreparedStatement<Product>(
  'catalog.product',
  `SELECT id, name, description, price, currency, created_at AS "createdAt", updated_at AS "updatedAt"
     FROM catalog_products WHERE id = $1`,
);

/** The only place that writes products. Who may do what stands on the routes. */
@Injectable()
export class ProductsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly rights: RightsService,
    private readonly permissions: PermissionsService,
  ) {}

  /** What the asker may view, and nothing of the rest: not even how much there is. */
  list(asker: Asker, page: PageQuery): Promise<Page<Product>> {
    const query = this.dataSource.getRepository(Product).createQueryBuilder('product');
    return this.permissions.visiblePage(query, asker, products.view, page);
  }

  /** It belongs to whoever adds it: the rights on it come into being with it, or not at all. */
  create({ user }: Principal, given: NewProduct): Promise<Product> {
    const now = this.clock.now();
    const id = uuidv7({ msecs: now.getTime() });
    const product: Product = { ...given, id, createdAt: now, updatedAt: now };
    return this.dataSource.transaction(async (manager) => {
      await manager.getRepository(Product).insert(product);
      await this.rights.grantAll(manager, { type: 'user', id: user.id }, products.view, id);
      return product;
    });
  }

  /** @throws NotFound */
  async get(id: string): Promise<Product> {
    const [product] = await productById.run(this.dataSource.manager, [id]);
    if (product === undefined) throw new NotFound();
    return product;
  }

  /** @throws NotFound */
  async change(id: string, changes: ProductChanges): Promise<Product> {
    if (Object.keys(changes).length > 0) {
      const changed = { ...changes, updatedAt: this.clock.now() };
      await this.dataSource.getRepository(Product).update({ id }, changed);
    }
    return this.get(id);
  }

  /** Its reviews go with it, and everybody's rights on it and on them. @throws NotFound */
  async remove(id: string): Promise<void> {
    const { affected } = await this.dataSource.getRepository(Product).delete({ id });
    if (affected !== 1) throw new NotFound();
  }
}
