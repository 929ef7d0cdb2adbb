import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import {
  LoginRequired,
  RequireObjectPermission,
  RequirePermission,
} from '../../access/access.decorators.js';
import { CurrentPrincipal, MaybePrincipal, type Principal } from '../../access/principal.js';
import { Fails } from '../../common/api-docs.js';
import { NotFound } from '../../common/failures.js';
import { PageQuery } from '../../common/paging.js';
import { NewProductDto, ProductChangesDto, ProductDto, ProductPageDto } from './product.dto.js';
import { products } from './product.entity.js';
import { ProductsService } from './products.service.js';

@ApiTags('Catalog')
@Controller('v1/catalog/products')
export class ProductsController {
  constructor(private readonly service: ProductsService) {}

  @Get()
  @LoginRequired({ anonymous: true, apiKeys: true })
  @ApiOperation({
    operationId: 'listProducts',
    summary: 'The products that I may view',
    description:
      'All of them with the permission `catalog.view_product`, else those on which it was granted. Strangers see what Anonymous may view, where `ANONYMOUS_PERMISSIONS` is on.',
  })
  @ApiOkResponse({ description: 'The products.', type: ProductPageDto })
  async list(
    @MaybePrincipal() caller: Principal | undefined,
    @Query() page: PageQuery,
  ): Promise<ProductPageDto> {
    const { items, nextCursor } = await this.service.list(caller, page);
    return { items: items.map(ProductDto.of), nextCursor };
  }

  @Post()
  @RequirePermission(products.add)
  @ApiOperation({
    operationId: 'addProduct',
    summary: 'Add a product',
    description:
      'Needs the permission `catalog.add_product`. You may view, change and delete what you have added.',
  })
  @ApiCreatedResponse({ description: 'Added.', type: ProductDto })
  async create(
    @CurrentPrincipal() caller: Principal,
    @Body() given: NewProductDto,
  ): Promise<ProductDto> {
    return ProductDto.of(await this.service.create(caller, given));
  }

  @Get(':id')
  @RequireObjectPermission(products.view)
  @ApiOperation({
    operationId: 'getProduct',
    summary: 'A product',
    description: 'Needs `catalog.view_product`, on all products or on this one.',
  })
  @ApiOkResponse({ description: 'The product.', type: ProductDto })
  @Fails(NotFound)
  async read(@Param('id') id: string): Promise<ProductDto> {
    return ProductDto.of(await this.service.get(id));
  }

  @Patch(':id')
  @RequireObjectPermission(products.change)
  @ApiOperation({
    operationId: 'changeProduct',
    summary: 'Change a product',
    description:
      'Needs `catalog.change_product`, on all products or on this one. Fields that are left out stay.',
  })
  @ApiOkResponse({ description: 'The product as it is now.', type: ProductDto })
  @Fails(NotFound)
  async change(@Param('id') id: string, @Body() changes: ProductChangesDto): Promise<ProductDto> {
    return ProductDto.of(await this.service.change(id, changes));
  }

  @Delete(':id')
  @HttpCode(204)
  @RequireObjectPermission(products.delete)
  @ApiOperation({
    operationId: 'deleteProduct',
    summary: 'Delete a product',
    description:
      'Needs `catalog.delete_product`, on all products or on this one. Its reviews go with it.',
  })
  @ApiNoContentResponse({ description: 'It is gone.' })
  @Fails(NotFound)
  async remove(@Param('id') id: string): Promise<void> {
    await this.service.remove(id);
  }
}
