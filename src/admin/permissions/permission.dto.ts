import { ApiProperty } from '@nestjs/swagger';
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

  static of(this: void, { name, resource, action, stale }: CataloguePermission): PermissionDto {
    return { name, resource, action, stale };
  }
}

export class PermissionListDto {
  @ApiProperty({ type: [PermissionDto], description: 'All of them, by name.' })
  items!: readonly PermissionDto[];

  @NextCursorField()
  nextCursor!: string | null;
}
