import { ApiProperty } from '@nestjs/swagger';
import { resourceOf } from '../../access/permission-name.js';
import { Id } from '../../common/fields.js';
import { Nested } from '../../common/nested.js';
import { NextCursorField, PageQuery } from '../../common/paging.js';
import { ExpiresAtField } from '../../permissions/expiry.js';
import type { StoredGrant } from '../../permissions/holding/grant.js';
import { ObjectDto, PermissionField, SubjectDto } from '../../permissions/permission-fields.js';

export class ObjectPermissionQuery extends PageQuery {
  @Id({ description: 'Only what this user was granted.', optional: true })
  userId?: string;

  @Id({ description: 'Only what this group was granted.', optional: true })
  groupId?: string;

  @Id({ description: 'Only what was granted on this object.', optional: true })
  objectId?: string;

  @PermissionField({ description: 'Only this permission.', optional: true })
  permission?: string;
}

/** Who may do what on which object. */
export class GrantDto {
  @Nested(SubjectDto, { description: 'Who.' })
  subject!: SubjectDto;

  @PermissionField({ description: 'May do what.' })
  permission!: string;

  @Nested(ObjectDto, { description: 'On what; its kind is that of the permission.' })
  object!: ObjectDto;
}

export class NewGrantDto extends GrantDto {
  @ExpiresAtField()
  expiresAt?: string | null;
}

class ShownSubjectDto {
  @ApiProperty({ enum: ['user', 'group'], example: 'user' })
  type!: 'user' | 'group';

  @ApiProperty({ format: 'uuid', example: '01939f5c-7b0a-7c3e-8a51-3f1d2c4b5a69' })
  id!: string;
}

class ShownObjectDto {
  @ApiProperty({ description: 'Its kind.', example: 'users.user' })
  type!: string;

  @ApiProperty({ format: 'uuid', example: '01939f5c-9a10-7d0e-8b52-4c6d7e8f9a0b' })
  id!: string;
}

export class ObjectPermissionDto {
  @ApiProperty({ format: 'uuid', example: '01939f5c-b6c8-7e21-8d4f-6e8a9b0c1d2e' })
  id!: string;

  @ApiProperty({ type: ShownSubjectDto })
  subject!: ShownSubjectDto;

  @ApiProperty({ example: 'users.view_user' })
  permission!: string;

  @ApiProperty({ type: ShownObjectDto })
  object!: ShownObjectDto;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When it ends by itself; null: never.',
    example: null,
  })
  expiresAt!: string | null;

  @ApiProperty({ format: 'date-time', example: '2026-11-22T20:31:59.123Z' })
  createdAt!: string;

  static of(this: void, grant: StoredGrant): ObjectPermissionDto {
    const { id, subject, permission, objectId, expiresAt, createdAt } = grant;
    return {
      id,
      subject,
      permission,
      object: { type: resourceOf(permission)?.name ?? '', id: objectId },
      expiresAt: expiresAt?.toISOString() ?? null,
      createdAt: createdAt.toISOString(),
    };
  }
}

export class ObjectPermissionPageDto {
  @ApiProperty({
    type: [ObjectPermissionDto],
    description: 'In the order in which they were made.',
  })
  items!: readonly ObjectPermissionDto[];

  @NextCursorField()
  nextCursor!: string | null;
}

export class ObjectPermissionListDto {
  @ApiProperty({ type: [ObjectPermissionDto], description: 'In the order of the request.' })
  items!: readonly ObjectPermissionDto[];
}
