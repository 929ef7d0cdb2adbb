import { Body, Controller, Get, Param, Patch, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequirePermission, RequireTwoFactor } from '../../access/access.decorators.js';
import type { AuthenticatedRequest } from '../../access/principal.js';
import { Fails } from '../../common/api-docs.js';
import { permissionPermissions } from '../../permissions/catalogue/permission.entity.js';
import { StalePermissionsService } from '../../permissions/catalogue/stale-permissions.service.js';
import { permissionNamed } from '../../permissions/permission-named.js';
import { PermissionUnknown } from '../../permissions/permissions.errors.js';
import { errandOf } from '../errand.js';
import { PermissionMarks } from './permission-marks.service.js';
import { PermissionChangesDto, PermissionDto, PermissionListDto } from './permission.dto.js';

@ApiTags('Permissions')
@Controller('v1/permissions')
export class PermissionsController {
  constructor(
    private readonly catalogue: StalePermissionsService,
    private readonly marks: PermissionMarks,
  ) {}

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

  /** Whoever demands it of others has one, so that nobody shuts out himself, and no stolen password lowers it. */
  @Patch(':permission')
  @RequirePermission(permissionPermissions.change, { apiKeys: false })
  @RequireTwoFactor({ recent: true })
  @ApiOperation({
    operationId: 'changePermission',
    summary: 'Demand second factors of who uses it',
    description:
      'Needs the permission `permissions.change_permission`, and a second factor that was proved not long ago. It is in force on every node at once: sessions without a second factor of those who hold it open nothing but the calls that set one up.',
  })
  @ApiOkResponse({ description: 'The permission as it is now.', type: PermissionDto })
  @Fails(PermissionUnknown)
  async change(
    @Req() request: AuthenticatedRequest,
    @Param('permission') name: string,
    @Body() { requiresTwoFactor }: PermissionChangesDto,
  ): Promise<PermissionDto> {
    const permission = permissionNamed(name);
    return PermissionDto.of(
      await this.marks.mark(errandOf(request), permission, requiresTwoFactor),
    );
  }
}
