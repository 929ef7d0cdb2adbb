import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequirePermission } from '../../access/access.decorators.js';
import { permissionPermissions } from '../../permissions/catalogue/permission.entity.js';
import { StalePermissionsService } from '../../permissions/catalogue/stale-permissions.service.js';
import { PermissionDto, PermissionListDto } from './permission.dto.js';

@ApiTags('Permissions')
@Controller('v1/permissions')
export class PermissionsController {
  constructor(private readonly catalogue: StalePermissionsService) {}

  @Get()
  @RequirePermission(permissionPermissions.view)
  @ApiOperation({
    operationId: 'listPermissions',
    summary: 'What can be held',
    description:
      'The whole catalogue, as the code of this server defines it. Needs the permission `permissions.view_permission`.',
  })
  @ApiOkResponse({ description: 'The permissions.', type: PermissionListDto })
  async list(): Promise<PermissionListDto> {
    const permissions = await this.catalogue.list();
    return { items: permissions.map(PermissionDto.of), nextCursor: null };
  }
}
