import { applyDecorators } from '@nestjs/common';
import { ApiProperty, PartialType } from '@nestjs/swagger';
import { canonicalName } from '../../common/canonical-name.js';
import { Check, Flag, LineOfText } from '../../common/fields.js';
import { NextCursorField, PageQuery } from '../../common/paging.js';
import type { Group } from '../../permissions/holding/group.entity.js';

/** Characters that the column holds: some letters become eighteen of them. */
const LONGEST_CANONICAL_NAME = 600;

const NameField = (options: { readonly optional?: boolean; readonly description: string }) =>
  applyDecorators(
    LineOfText({ example: 'Editors', min: 1, max: 150, ...options }),
    Check(
      'isGroupName',
      (value) => canonicalName(value).length <= LONGEST_CANONICAL_NAME,
      'too_long',
      'It is too long when its letters are written out.',
    ),
  );

export class GroupQuery extends PageQuery {
  @NameField({ description: 'Only the group of this name.', optional: true })
  name?: string;
}

export class NewGroupDto {
  @NameField({ description: 'No two groups have the same; case makes no difference.' })
  name!: string;

  @LineOfText({
    description: 'What it is for.',
    example: 'Those who look after the catalog.',
    max: 500,
    optional: true,
  })
  description?: string;
}

/** What is left out stays as it is. */
export class GroupChangesDto extends PartialType(NewGroupDto, { skipNullProperties: false }) {
  @Flag({
    description:
      'Whether its members, through groups that it contains as well, must have a second factor. To say it takes one, proved not long ago.',
    optional: true,
    example: true,
  })
  requiresTwoFactor?: boolean;
}

export class GroupDto {
  @ApiProperty({ format: 'uuid', example: '01939f5c-a2b4-7d10-9c3e-5d7f8a9b0c1d' })
  id!: string;

  @ApiProperty({ example: 'Editors' })
  name!: string;

  @ApiProperty({ example: 'Those who look after the catalog.' })
  description!: string;

  @ApiProperty({
    description: 'Whether its members must have a second factor.',
    example: false,
  })
  requiresTwoFactor!: boolean;

  @ApiProperty({ format: 'date-time', example: '2026-11-22T20:31:59.123Z' })
  createdAt!: string;

  @ApiProperty({ format: 'date-time', example: '2026-11-22T20:31:59.123Z' })
  updatedAt!: string;

  static of(this: void, group: Group): GroupDto {
    const { id, name, description, requiresTwoFactor, createdAt, updatedAt } = group;
    return {
      id,
      name,
      description,
      requiresTwoFactor,
      createdAt: createdAt.toISOString(),
      updatedAt: updatedAt.toISOString(),
    };
  }
}

export class GroupPageDto {
  @ApiProperty({ type: [GroupDto], description: 'In the order in which they were made.' })
  items!: readonly GroupDto[];

  @NextCursorField()
  nextCursor!: string | null;
}
