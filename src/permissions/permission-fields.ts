import { applyDecorators } from '@nestjs/common';
import { resourceOf } from '../access/permission-name.js';
import { AnyText, Check, Choice, type FieldOptions, Id } from '../common/fields.js';

/** The name of a permission that some code defines. */
export const PermissionField = (options: Partial<FieldOptions> = {}): PropertyDecorator =>
  applyDecorators(
    AnyText({
      description: 'The name of a permission.',
      example: 'users.view_user',
      max: 150,
      ...options,
    }),
    Check(
      'isPermission',
      (value) => resourceOf(value) !== undefined,
      'unknown_permission',
      'There is no such permission.',
    ),
  );

/** Who holds something. */
export class SubjectDto {
  @Choice(['user', 'group'], { description: 'A user, or a group.', example: 'user' })
  type!: 'user' | 'group';

  @Id({ description: 'Which one.' })
  id!: string;
}

/** What something is held on. */
export class ObjectDto {
  @AnyText({ description: 'Its kind.', example: 'users.user', max: 150 })
  type!: string;

  @Id({ description: 'Which one.' })
  id!: string;
}
