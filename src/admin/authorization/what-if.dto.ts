import { ApiProperty } from '@nestjs/swagger';
import type { PermissionName } from '../../access/permission-name.js';
import type { FieldError } from '../../common/failure.js';
import { ValidationFailed } from '../../common/failures.js';
import { Choice, Id } from '../../common/fields.js';
import { Nested } from '../../common/nested.js';
import { questionOf } from '../../permissions/asking/question.js';
import type { Change } from '../../permissions/asking/what-if/change.js';
import { ObjectDto, PermissionField, SubjectDto } from '../../permissions/permission-fields.js';

/** What each change is told by. */
const FIELDS = {
  add_member: ['groupId', 'userId'],
  remove_member: ['groupId', 'userId'],
  include_group: ['groupId', 'includedId'],
  exclude_group: ['groupId', 'includedId'],
  give_permission: ['subject', 'permission'],
  take_permission: ['subject', 'permission'],
  grant_object_permission: ['subject', 'permission', 'object'],
  revoke_object_permission: ['subject', 'permission', 'object'],
  delete_group: ['groupId'],
  deactivate_user: ['userId'],
  make_superuser: ['userId'],
  unmake_superuser: ['userId'],
} as const satisfies Record<Change['kind'], readonly (keyof WhatIfDto)[]>;

const WITHOUT_EXAMPLE = { optional: true, example: undefined } as const;

export class WhatIfDto {
  @Choice(Object.keys(FIELDS), {
    description:
      'What is thought of. Members: `groupId`, `userId`. Groups in groups: `groupId`, `includedId`. Permissions: `subject`, `permission`, and `object` for one object. A group: `groupId`; a user: `userId`.',
    example: 'revoke_object_permission',
  })
  change!: Change['kind'];

  @Id({ description: 'Which group.', ...WITHOUT_EXAMPLE })
  groupId?: string;

  @Id({ description: 'Which user.', ...WITHOUT_EXAMPLE })
  userId?: string;

  @Id({ description: 'Which group in the group.', ...WITHOUT_EXAMPLE })
  includedId?: string;

  @Nested(SubjectDto, { description: 'To or from whom.', optional: true })
  subject?: SubjectDto;

  @PermissionField({ optional: true })
  permission?: string;

  @Nested(ObjectDto, { description: 'On which object.', optional: true })
  object?: ObjectDto;
}

/** The change, if all is said that belongs to it, and nothing else. @throws ValidationFailed */
export function changeOf({ change: kind, ...told }: WhatIfDto): Change {
  const wanted: readonly string[] = FIELDS[kind];
  const fields: Readonly<Record<string, unknown>> = told;
  const given = Object.keys(fields).filter((field) => fields[field] !== undefined);
  const errors = [
    ...wanted.filter((field) => !given.includes(field)).map(required),
    ...given.filter((field) => !wanted.includes(field)).map(idle),
  ];
  if (errors.length > 0) throw new ValidationFailed({ errors });
  const { permission, object, ...rest } = told;
  const question = permission === undefined ? {} : asked(permission, object);
  return { kind, ...rest, ...question } as Change;
}

function asked(permission: string, object: ObjectDto | undefined) {
  const question = questionOf({ permission, ...(object && { object }) });
  return question as { permission: PermissionName; objectId?: string };
}

const required = (field: string): FieldError => ({
  field,
  code: 'required',
  message: 'This change needs it.',
});
const idle = (field: string): FieldError => ({
  field,
  code: 'not_for_this_change',
  message: 'It does not belong to this change.',
});

export class CountDto {
  @ApiProperty({ description: 'Up to 10,000.', example: 12 })
  count!: number;

  @ApiProperty({ description: 'Whether there are more than that.', example: false })
  more!: boolean;
}

export class MovedObjectsDto extends CountDto {
  @ApiProperty({ example: 'users.view_user' })
  permission!: string;
}

export class MovedPermissionsDto {
  @ApiProperty({ type: [String], example: [] })
  gained!: readonly string[];

  @ApiProperty({ type: [String], example: ['users.view_user'] })
  lost!: readonly string[];
}

export class MovedByPermissionDto {
  @ApiProperty({ type: [MovedObjectsDto], example: [] })
  gained!: readonly MovedObjectsDto[];

  @ApiProperty({ type: [MovedObjectsDto] })
  lost!: readonly MovedObjectsDto[];
}

export class EffectSubjectDto {
  @ApiProperty({ enum: ['user', 'group'], example: 'user' })
  type!: 'user' | 'group';

  @ApiProperty({ format: 'uuid', example: '01939f5c-7b0a-7c3e-8a51-3f1d2c4b5a69' })
  id!: string;

  @ApiProperty({ example: 'Ann Lee' })
  name!: string;
}

export class EffectDto {
  @ApiProperty({
    type: EffectSubjectDto,
    description: 'Whose rights it changes: a user, or a group for its members.',
  })
  subject!: EffectSubjectDto;

  @ApiProperty({ type: MovedPermissionsDto, description: 'Permissions on every object.' })
  permissions!: MovedPermissionsDto;

  @ApiProperty({
    type: MovedByPermissionDto,
    description: 'On how many single objects, where it is not held on every object.',
  })
  objects!: MovedByPermissionDto;

  @ApiProperty({
    type: CountDto,
    nullable: true,
    description:
      'Of a group: how many are in it, directly or not. Who holds the same in another way keeps it.',
    example: null,
  })
  users!: CountDto | null;

  @ApiProperty({
    description: 'The same in English.',
    example:
      'Removing Ann Lee from the group Editors takes 3 permissions and 1,204 permissions on single objects from them.',
  })
  sentence!: string;
}
