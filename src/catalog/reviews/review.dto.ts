import { ApiProperty, PartialType } from '@nestjs/swagger';
import { LinesOfText, WholeNumber } from '../../common/fields.js';
import { NextCursorField } from '../../common/paging.js';
import type { Review } from './review.entity.js';

/** What a review says. Whose it is and of what is not for the body to say. */
export class NewReviewDto {
  @WholeNumber({ description: 'From 1, poor, to 5.', example: 5, min: 1, max: 5 })
  rating!: number;

  @LinesOfText({ description: 'Why.', example: 'It does ring.', min: 1, max: 5000 })
  body!: string;
}

/** What is left out stays as it is. */
export class ReviewChangesDto extends PartialType(NewReviewDto, { skipNullProperties: false }) {}

/** A review as it is shown. */
export class ReviewDto {
  @ApiProperty({ format: 'uuid', example: '01939f5c-aa21-7b3c-9c63-5d7e8f9a0b1c' })
  id!: string;

  @ApiProperty({ format: 'uuid', example: '01939f5c-9a10-7d0e-8b52-4c6d7e8f9a0b' })
  productId!: string;

  @ApiProperty({ format: 'uuid', example: '01939f5c-7b0a-7c3e-8a51-3f1d2c4b5a69' })
  authorId!: string;

  @ApiProperty({ type: 'integer', description: 'From 1, poor, to 5.', example: 5 })
  rating!: number;

  @ApiProperty({ example: 'It does ring.' })
  body!: string;

  @ApiProperty({ format: 'date-time', example: '2026-11-24T20:31:59.123Z' })
  createdAt!: string;

  @ApiProperty({ format: 'date-time', example: '2026-11-24T20:31:59.123Z' })
  updatedAt!: string;

  static of(this: void, review: Review): ReviewDto {
    const { id, productId, authorId, rating, body } = review;
    const createdAt = review.createdAt.toISOString();
    const updatedAt = review.updatedAt.toISOString();
    return { id, productId, authorId, rating, body, createdAt, updatedAt };
  }
}

export class ReviewPageDto {
  @ApiProperty({ type: [ReviewDto], description: 'In the order of ids: oldest first.' })
  items!: readonly ReviewDto[];

  @NextCursorField()
  nextCursor!: string | null;
}
