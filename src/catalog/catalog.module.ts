import { Module } from '@nestjs/common';
import { PermissionsModule } from '../permissions/permissions.module.js';
import { ProductsController } from './products/products.controller.js';
import { ProductsService } from './products/products.service.js';
import { ReviewsController } from './reviews/reviews.controller.js';
import { ReviewsService } from './reviews/reviews.service.js';

/** An example to copy and to delete: things whose single objects are guarded, and things that belong to them. */
@Module({
  imports: [PermissionsModule],
  controllers: [ProductsController, ReviewsController],
  providers: [ProductsService, ReviewsService],
})
export class CatalogModule {}
