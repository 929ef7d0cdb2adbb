import { ApiProperty } from '@nestjs/swagger';
import { Flag } from '../../common/fields.js';
import { NextCursorField } from '../../common/paging.js';
import type { CataloguePermission } from '../../permissions/catalogue/stale-permissions.service.js';

export class PermissionDto {
  @ApiProperty({ example: 'catalog.change_product' })
  name!: string;

  @ApiProperty({ description: 'The kind of thing that it is about.', example: 'catalog.product' })
  resource!: string;

  @ApiProperty({ description: 'What it allows to do with it.', example: 'change' })
  action!: string;

  @ApiProperty({
    description: 'No code defines it any more: it allows nothing, whoever holds it.',
    example: false,
  })
  stale!: boolean;

  @ApiProperty({
    description: 'Whether who holds it must have a second factor, and uses it with one alone.',
    example: false,
  })
  requiresTwoFactor!: boolean;

  static of(this: void, permission: CataloguePermission): PermissionDto {
    const { name, resource, action, stale, requiresTwoFactor } = permission;
    return { name, resource, action, stale, requiresTwoFactor };
  }
}

export class PermissionChangesDto {
  @Flag({
    description:
      'Whether who holds it on all objects of its kind must have a second factor, and whoever uses it, be it on one object, must have proved one.',
    example: true,
  })
  requiresTwoFactor!: boolean;
}

export class PermissionListDto {
  @ApiProperty({ type: [PermissionDto], description: 'All of them, by name.' })
  items!: readonly PermissionDto[];

  @NextCursorField()
  nextCursor!: string | null;
}
