import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { RequireObjectPermission, RequirePermission } from '../../access/access.decorators.js';
import { CurrentPrincipal, MaybePrincipal, type Principal } from '../../access/principal.js';
import { Fails } from '../../common/api-docs.js';
import { NotFound } from '../../common/failures.js';
import { IdPipe } from '../../common/id.pipe.js';
import { PageQuery } from '../../common/paging.js';
import { products } from '../products/product.entity.js';
import { NewReviewDto, ReviewChangesDto, ReviewDto, ReviewPageDto } from './review.dto.js';
import { reviews } from './review.entity.js';
import { AlreadyReviewed } from './reviews.errors.js';
import { ReviewsService } from './reviews.service.js';

type Caller = Principal | undefined;

@ApiTags('Catalog')
@Controller('v1/catalog/products/:productId/reviews')
export class ReviewsController {
  constructor(private readonly service: ReviewsService) {}

  @Get()
  @RequireObjectPermission(products.view, { param: 'productId' })
  @ApiOperation({
    operationId: 'listReviews',
    summary: 'The reviews of a product that I may view',
    description:
      'Needs `catalog.view_product` on the product; shows the reviews on which you hold `catalog.view_review`.',
  })
  @ApiOkResponse({ description: 'The reviews.', type: ReviewPageDto })
  @Fails(NotFound)
  async list(
    @MaybePrincipal() caller: Caller,
    @Param('productId', IdPipe) productId: string,
    @Query() page: PageQuery,
  ): Promise<ReviewPageDto> {
    const { items, nextCursor } = await this.service.list(caller, productId, page);
    return { items: items.map(ReviewDto.of), nextCursor };
  }

  @Post()
  @RequirePermission(reviews.add)
  @ApiOperation({
    operationId: 'addReview',
    summary: 'Review a product',
    description:
      'Needs the permission `catalog.add_review`, and `catalog.view_product` on the product. You may view, change and delete your review.',
  })
  @ApiCreatedResponse({ description: 'Added.', type: ReviewDto })
  @Fails(NotFound, AlreadyReviewed)
  async create(
    @CurrentPrincipal() caller: Principal,
    @Param('productId', IdPipe) productId: string,
    @Body() given: NewReviewDto,
  ): Promise<ReviewDto> {
    return ReviewDto.of(await this.service.create(caller, productId, given));
  }

  @Get(':id')
  @RequireObjectPermission(reviews.view)
  @ApiOperation({
    operationId: 'getReview',
    summary: 'A review',
    description:
      'Needs `catalog.view_review` on the review and `catalog.view_product` on the product.',
  })
  @ApiOkResponse({ description: 'The review.', type: ReviewDto })
  @Fails(NotFound)
  async read(
    @MaybePrincipal() caller: Caller,
    @Param('productId', IdPipe) productId: string,
    @Param('id') id: string,
  ): Promise<ReviewDto> {
    return ReviewDto.of(await this.service.get(caller, { productId, id }));
  }

  @Patch(':id')
  @RequireObjectPermission(reviews.change)
  @ApiOperation({
    operationId: 'changeReview',
    summary: 'Change a review',
    description:
      'Needs `catalog.change_review` on the review and `catalog.view_product` on the product. Fields that are left out stay.',
  })
  @ApiOkResponse({ description: 'The review as it is now.', type: ReviewDto })
  @Fails(NotFound)
  async change(
    @MaybePrincipal() caller: Caller,
    @Param('productId', IdPipe) productId: string,
    @Param('id') id: string,
    @Body() changes: ReviewChangesDto,
  ): Promise<ReviewDto> {
    return ReviewDto.of(await this.service.change(caller, { productId, id }, changes));
  }

  @Delete(':id')
  @HttpCode(204)
  @RequireObjectPermission(reviews.delete)
  @ApiOperation({
    operationId: 'deleteReview',
    summary: 'Delete a review',
    description:
      'Needs `catalog.delete_review` on the review and `catalog.view_product` on the product.',
  })
  @ApiNoContentResponse({ description: 'It is gone.' })
  @Fails(NotFound)
  async remove(
    @MaybePrincipal() caller: Caller,
    @Param('productId', IdPipe) productId: string,
    @Param('id') id: string,
  ): Promise<void> {
    await this.service.remove(caller, { productId, id });
  }
}
