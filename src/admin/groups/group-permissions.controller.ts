import { Body, Controller, Delete, Get, HttpCode, Param, Put, Req } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequireObjectPermission } from '../../access/access.decorators.js';
import type { AuthenticatedRequest } from '../../access/principal.js';
import { Fails } from '../../common/api-docs.js';
import { Clock } from '../../common/clock.js';
import { NotFound } from '../../common/failures.js';
import { IdPipe } from '../../common/id.pipe.js';
import { ExpiryDto, expiryOf } from '../../permissions/expiry.js';
import { FactsService } from '../../permissions/holding/facts.service.js';
import { groupPermissions } from '../../permissions/holding/group.entity.js';
import { GroupsService } from '../../permissions/holding/groups.service.js';
import { permissionNamed } from '../../permissions/permission-named.js';
import { BeyondOwnRights, PermissionUnknown } from '../../permissions/permissions.errors.js';
import { errandOf } from '../errand.js';
import { GivenPermissionDto, GivenPermissionListDto } from './belonging.dto.js';
import { GroupPermissionsOffice } from './group-permissions-office.service.js';

@ApiTags('Groups')
@Controller('v1/groups/:id/permissions')
export class GroupPermissionsController {
  constructor(
    private readonly groups: GroupsService,
    private readonly facts: FactsService,
    private readonly office: GroupPermissionsOffice,
    private readonly clock: Clock,
  ) {}

  @Get()
  @RequireObjectPermission(groupPermissions.view)
  @ApiOperation({
    operationId: 'listGroupPermissions',
    summary: 'What the group holds on all objects of a kind',
    description:
      'Given to it directly; not what it has through groups that contain it. Grants on single objects are those of `GET /v1/object-permissions`.',
  })
  @ApiOkResponse({ description: 'The permissions.', type: GivenPermissionListDto })
  @Fails(NotFound)
  async list(@Param('id', IdPipe) id: string): Promise<GivenPermissionListDto> {
    await this.groups.get(id);
    const given = await this.facts.given({ type: 'group', id });
    return { items: given.map(GivenPermissionDto.of), nextCursor: null };
  }

  @Put(':permission')
  @HttpCode(204)
  @RequireObjectPermission(groupPermissions.change, { recent: true })
  @ApiOperation({
    operationId: 'givePermissionToGroup',
    summary: 'Give the group a permission',
    description:
      'On all objects of its kind. Needs `permissions.change_group`, on all groups or on this one, and the permission itself. Doing it again changes the expiry.',
  })
  @ApiNoContentResponse({ description: 'The group holds it.' })
  @Fails(PermissionUnknown, NotFound, BeyondOwnRights)
  async give(
    @Req() request: AuthenticatedRequest,
    @Param('id', IdPipe) id: string,
    @Param('permission') name: string,
    @Body() body: ExpiryDto,
  ): Promise<void> {
    const expiresAt = expiryOf(body, this.clock);
    await this.office.give(errandOf(request), id, permissionNamed(name), expiresAt);
  }

  @Delete(':permission')
  @HttpCode(204)
  @RequireObjectPermission(groupPermissions.change)
  @ApiOperation({
    operationId: 'takePermissionFromGroup',
    summary: 'Take a permission from the group',
    description:
      'Needs `permissions.change_group`, on all groups or on this one, and the permission itself.',
  })
  @ApiNoContentResponse({ description: 'The group does not hold it any more.' })
  @Fails(PermissionUnknown, NotFound, BeyondOwnRights)
  async take(
    @Req() request: AuthenticatedRequest,
    @Param('id', IdPipe) id: string,
    @Param('permission') name: string,
  ): Promise<void> {
    await this.office.take(errandOf(request), id, permissionNamed(name));
  }
}
