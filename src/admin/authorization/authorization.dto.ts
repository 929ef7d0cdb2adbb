import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { ValidateBy, ValidateIf } from 'class-validator';
import { AnyText, Check } from '../../common/fields.js';
import { Nested } from '../../common/nested.js';
import { isCursor, MAX_LIMIT } from '../../common/paging.js';
import { ObjectDto, PermissionField, SubjectDto } from '../../permissions/permission-fields.js';

/** How many questions one call may ask. */
export const MOST_QUESTIONS = 100;

const AboutField = (): PropertyDecorator =>
  Nested(SubjectDto, { description: 'Whom it is about; left out: the caller.', optional: true });
const OnField = (): PropertyDecorator =>
  Nested(ObjectDto, { description: 'On what; left out: on every object.', optional: true });

export class QuestionDto {
  @AboutField()
  subject?: SubjectDto;

  @PermissionField()
  permission!: string;

  @OnField()
  object?: ObjectDto;
}

const LimitField = (): PropertyDecorator =>
  applyDecorators(
    ApiProperty({
      type: 'integer',
      description: 'At most this many.',
      minimum: 1,
      maximum: MAX_LIMIT,
      required: false,
      example: 50,
    }),
    ValidateIf((_, value) => value !== undefined),
    ValidateBy(
      { name: 'isWhole', validator: { validate: Number.isInteger } },
      { message: 'It must be a whole number.', context: { code: 'invalid_type' } },
    ),
    ValidateBy(
      { name: 'isLimit', validator: { validate: (value) => value >= 1 && value <= MAX_LIMIT } },
      {
        message: `It must be a whole number from 1 to ${String(MAX_LIMIT)}.`,
        context: { code: 'out_of_range', params: { min: 1, max: MAX_LIMIT } },
      },
    ),
  );

const CursorField = (): PropertyDecorator =>
  applyDecorators(
    AnyText({
      description: '`nextCursor` of the page before.',
      example: 'AZOfXIwdfmCdO2ovHgxLfQ',
      max: 22,
      optional: true,
    }),
    Check('isCursor', isCursor, 'invalid_cursor', 'It must be a cursor of this list.'),
  );

export class SubjectsQuestionDto {
  @PermissionField()
  permission!: string;

  @OnField()
  object?: ObjectDto;

  @LimitField()
  limit?: number;

  @CursorField()
  cursor?: string;
}

export class ObjectsQuestionDto {
  @AboutField()
  subject?: SubjectDto;

  @PermissionField()
  permission!: string;

  @LimitField()
  limit?: number;

  @CursorField()
  cursor?: string;
}

export class DecisionDto {
  @ApiProperty({ description: 'Whether the subject holds it.', example: true })
  allowed!: boolean;
}

export class DecisionsDto {
  @ApiProperty({ type: [DecisionDto], description: 'In the order of the questions.' })
  decisions!: readonly DecisionDto[];
}

const NEXT_CURSOR = {
  type: String,
  nullable: true,
  description: 'Ask for what follows with `cursor`; null: there is no more.',
  example: null,
} as const;

export class AbleUserDto {
  @ApiProperty({ enum: ['user'], example: 'user' })
  type!: 'user';

  @ApiProperty({ format: 'uuid', example: '01939f5c-7b0a-7c3e-8a51-3f1d2c4b5a69' })
  id!: string;

  @ApiProperty({ description: 'Empty: a service account.', example: 'ann@example.com' })
  email!: string;

  @ApiProperty({ description: 'Or else the address.', example: 'Ann Lee' })
  name!: string;
}

export class AbleUserPageDto {
  @ApiProperty({
    type: [AbleUserDto],
    description: 'Active users in the order of ids; a page may be short, and yet have a next one.',
  })
  items!: readonly AbleUserDto[];

  @ApiProperty(NEXT_CURSOR)
  nextCursor!: string | null;

  @ApiProperty({
    description: 'Whether everybody may, signed in or not (`ANONYMOUS_PERMISSIONS`).',
    example: false,
  })
  everybody!: boolean;
}

export class HeldObjectDto {
  @ApiProperty({ description: 'Its kind.', example: 'users.user' })
  type!: string;

  @ApiProperty({ format: 'uuid', example: '01939f5c-7b0a-7c3e-8a51-3f1d2c4b5a69' })
  id!: string;
}

export class HeldObjectPageDto {
  @ApiProperty({ type: [HeldObjectDto], description: 'In the order of ids.' })
  items!: readonly HeldObjectDto[];

  @ApiProperty(NEXT_CURSOR)
  nextCursor!: string | null;
}
