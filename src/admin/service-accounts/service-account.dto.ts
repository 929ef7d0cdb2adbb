import { applyDecorators } from '@nestjs/common';
import { ApiProperty, PartialType } from '@nestjs/swagger';
import { canonicalName } from '../../common/canonical-name.js';
import { Check, Flag, LineOfText } from '../../common/fields.js';
import { Nested } from '../../common/nested.js';
import { NextCursorField, PageQuery } from '../../common/paging.js';
import { SubjectDto } from '../../permissions/permission-fields.js';
import {
  fieldsOf,
  type FoundServiceAccount,
} from '../../service-accounts/service-accounts.service.js';

/** Characters that the column holds: some letters become eighteen of them. */
const LONGEST_CANONICAL_NAME = 400;

const NameField = (options: { readonly optional?: boolean; readonly description: string }) =>
  applyDecorators(
    LineOfText({ example: 'Nightly export', min: 1, max: 100, ...options }),
    Check(
      'isServiceAccountName',
      (value) => canonicalName(value).length <= LONGEST_CANONICAL_NAME,
      'too_long',
      'It is too long when its letters are written out.',
    ),
  );

export class ServiceAccountQuery extends PageQuery {
  @NameField({ description: 'Only the service account of this name.', optional: true })
  name?: string;
}

export class NewServiceAccountDto {
  @NameField({ description: 'No two service accounts have the same; case makes no difference.' })
  name!: string;

  @LineOfText({
    description: 'What it is for.',
    example: 'Copies orders into the warehouse every night.',
    max: 500,
    optional: true,
  })
  description?: string;

  @Nested(SubjectDto, {
    description:
      'Who answers for it, and is mailed about its keys: a person, or a group for its members.',
  })
  responsible!: SubjectDto;
}

/** What is left out stays as it is. */
export class ServiceAccountChangesDto extends PartialType(NewServiceAccountDto, {
  skipNullProperties: false,
}) {
  @Flag({
    description: 'False: none of its keys opens anything, from now on and on every node.',
    example: true,
    optional: true,
  })
  isActive?: boolean;
}

export class ResponsibleDto {
  @ApiProperty({ enum: ['user', 'group'], example: 'group' })
  type!: 'user' | 'group';

  @ApiProperty({ format: 'uuid', example: '01939f5c-a2b4-7d10-9c3e-5d7f8a9b0c1d' })
  id!: string;
}

export class ServiceAccountDto {
  @ApiProperty({
    format: 'uuid',
    description: 'Where rights are given, the id of a `user`.',
    example: '01939f5e-3c11-7a52-b0d4-9e8f7a6b5c4d',
  })
  id!: string;

  @ApiProperty({ example: 'Nightly export' })
  name!: string;

  @ApiProperty({ example: 'Copies orders into the warehouse every night.' })
  description!: string;

  @ApiProperty({
    type: ResponsibleDto,
    nullable: true,
    description: 'Null: whoever was is gone.',
  })
  responsible!: ResponsibleDto | null;

  @ApiProperty({ description: 'False: its keys open nothing.', example: true })
  isActive!: boolean;

  @ApiProperty({ format: 'date-time', example: '2026-11-22T20:31:59.123Z' })
  createdAt!: string;

  @ApiProperty({ format: 'date-time', example: '2026-11-22T20:31:59.123Z' })
  updatedAt!: string;

  static of(this: void, found: FoundServiceAccount): ServiceAccountDto {
    return {
      id: found.id,
      ...fieldsOf(found),
      createdAt: found.createdAt.toISOString(),
      updatedAt: found.updatedAt.toISOString(),
    };
  }
}

export class ServiceAccountPageDto {
  @ApiProperty({
    type: [ServiceAccountDto],
    description: 'Oldest first. A page may be short and yet have a next one.',
  })
  items!: readonly ServiceAccountDto[];

  @NextCursorField()
  nextCursor!: string | null;
}
