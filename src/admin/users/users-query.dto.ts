import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsBoolean, ValidateIf } from 'class-validator';
import { PageQuery } from '../../common/paging.js';
import { EmailField } from '../../users/user-fields.js';

const Asked = (description: string): PropertyDecorator =>
  applyDecorators(
    ApiPropertyOptional({ type: Boolean, description, example: true }),
    ValidateIf((_, value) => value !== undefined),
    Transform(({ value }: { value: unknown }) => WORDS.get(value) ?? value),
    IsBoolean({ message: 'It must be true or false.', context: { code: 'invalid_type' } }),
  );

const WORDS = new Map<unknown, boolean>([
  ['true', true],
  ['false', false],
]);

/** Which users are asked for: there is no other filter, so that none tells what it does not show. */
export class UsersQuery extends PageQuery {
  @EmailField({ description: 'Only whose address this is, in any casing.', optional: true })
  email?: string;

  @Asked('Only those who are active, or only those who are not.')
  isActive?: boolean;

  @Asked('Only staff, or only who is not.')
  isStaff?: boolean;

  @Asked('Only superusers, or only who is none.')
  isSuperuser?: boolean;
}
