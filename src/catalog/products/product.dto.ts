import { applyDecorators } from '@nestjs/common';
import { ApiProperty, PartialType } from '@nestjs/swagger';
import { AnyText, Check, LineOfText, LinesOfText, WholeNumber } from '../../common/fields.js';
import { NextCursorField } from '../../common/paging.js';
import type { Product } from './product.entity.js';

/** As much as the column holds. */
const HIGHEST_PRICE = 2_147_483_647;

const CurrencyField = (): PropertyDecorator =>
  applyDecorators(
    AnyText({ description: 'A code of ISO 4217.', example: 'EUR', max: 3 }),
    Check(
      'isCurrency',
      (value) => /^[A-Z]{3}$/.test(value),
      'invalid_currency',
      'It must be a code of three capitals such as EUR.',
    ),
  );

/** What a product begins with. */
export class NewProductDto {
  @LineOfText({ description: 'What it is called.', example: 'Tram bell', min: 1, max: 200 })
  name!: string;

  @LinesOfText({ description: 'More about it.', example: 'Rings twice.', max: 5000 })
  description!: string;

  @WholeNumber({
    description: 'In the smallest unit of the currency: cents, not euros.',
    example: 4900,
    min: 0,
    max: HIGHEST_PRICE,
  })
  price!: number;

  @CurrencyField()
  currency!: string;
}

/** What is left out stays as it is. */
export class ProductChangesDto extends PartialType(NewProductDto, { skipNullProperties: false }) {}

/** A product as it is shown. */
export class ProductDto {
  @ApiProperty({ format: 'uuid', example: '01939f5c-9a10-7d0e-8b52-4c6d7e8f9a0b' })
  id!: string;

  @ApiProperty({ example: 'Tram bell' })
  name!: string;

  @ApiProperty({ example: 'Rings twice.' })
  description!: string;

  @ApiProperty({
    type: 'integer',
    description: 'In the smallest unit of the currency.',
    example: 4900,
  })
  price!: number;

  @ApiProperty({ example: 'EUR' })
  currency!: string;

  @ApiProperty({ format: 'date-time', example: '2026-11-24T20:31:59.123Z' })
  createdAt!: string;

  @ApiProperty({ format: 'date-time', example: '2026-11-24T20:31:59.123Z' })
  updatedAt!: string;

  static of(this: void, product: Product): ProductDto {
    const { id, name, description, price, currency } = product;
    const createdAt = product.createdAt.toISOString();
    const updatedAt = product.updatedAt.toISOString();
    return { id, name, description, price, currency, createdAt, updatedAt };
  }
}

export class ProductPageDto {
  @ApiProperty({ type: [ProductDto], description: 'In the order of ids: oldest first.' })
  items!: readonly ProductDto[];

  @NextCursorField()
  nextCursor!: string | null;
}
