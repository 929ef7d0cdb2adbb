import { Body, Controller, Delete, Get, HttpCode, Param, Put, Query, Req } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { RequireObjectPermission } from '../../access/access.decorators.js';
import { CurrentPrincipal, type Principal } from '../../access/principal.js';
import { Fails } from '../../common/api-docs.js';
import { Clock } from '../../common/clock.js';
import { callerOf } from '../../common/http/caller.js';
import { PageQuery } from '../../common/paging.js';
import { ExpiryDto, expiryOf } from '../../permissions/expiry.js';
import { MembershipsService } from '../../permissions/holding/memberships.service.js';
import { permissionNamed } from '../../permissions/permission-named.js';
import { BeyondOwnRights, PermissionUnknown } from '../../permissions/permissions.errors.js';
import { userPermissions } from '../../users/users.permissions.js';
import { UsersService } from '../../users/users.service.js';
import { MembershipDto, MembershipPageDto, RightsDto } from './user-permissions.dto.js';
import { UserRightsService } from './user-rights.service.js';

@ApiTags('Users')
@Controller('v1/users/:id')
export class UserPermissionsController {
  constructor(
    private readonly rights: UserRightsService,
    private readonly users: UsersService,
    private readonly memberships: MembershipsService,
    private readonly clock: Clock,
  ) {}

  @Get('permissions')
  @RequireObjectPermission(userPermissions.view, { apiKeys: false })
  @ApiOperation({
    operationId: 'getUserPermissions',
    summary: 'What may a user do, and why?',
    description:
      'What she holds on all objects of a kind: directly, through groups, or as a superuser.',
  })
  @ApiOkResponse({ description: 'Her permissions, each with its sources.', type: RightsDto })
  async read(@Param('id') id: string): Promise<RightsDto> {
    return RightsDto.of(await this.rights.of(await this.users.get(id)));
  }

  @Put('permissions/:permission')
  @HttpCode(204)
  @RequireObjectPermission(userPermissions.change, { recent: true, apiKeys: false })
  @ApiOperation({
    operationId: 'giveUserPermission',
    summary: 'Give a user a permission',
    description:
      'On all objects of a kind, for good or for a time. Only what you hold yourself, and not to yourself. Given again, it ends when it is said to now.',
  })
  @ApiNoContentResponse({ description: 'She holds it, from the next request on.' })
  @Fails(PermissionUnknown, BeyondOwnRights)
  async give(
    @CurrentPrincipal() principal: Principal,
    @Param('id') id: string,
    @Param('permission') name: string,
    @Body() body: ExpiryDto,
    @Req() request: FastifyRequest,
  ): Promise<void> {
    const given = { permission: permissionNamed(name), expiresAt: expiryOf(body, this.clock) };
    await this.rights.give(principal, id, given, callerOf(request));
  }

  @Delete('permissions/:permission')
  @HttpCode(204)
  @RequireObjectPermission(userPermissions.change, { apiKeys: false })
  @ApiOperation({
    operationId: 'takeUserPermission',
    summary: 'Take a permission from a user',
    description: 'That was given to her directly; what a group holds for her stays.',
  })
  @ApiNoContentResponse({ description: 'It is gone, from the next request on.' })
  @Fails(PermissionUnknown, BeyondOwnRights)
  async take(
    @CurrentPrincipal() principal: Principal,
    @Param('id') id: string,
    @Param('permission') name: string,
    @Req() request: FastifyRequest,
  ): Promise<void> {
    await this.rights.take(principal, id, permissionNamed(name), callerOf(request));
  }

  @Get('groups')
  @RequireObjectPermission(userPermissions.view, { apiKeys: false })
  @ApiOperation({
    operationId: 'listUserGroups',
    summary: 'Which groups is a user in?',
    description: 'Those that she was put into, not those that contain them.',
  })
  @ApiOkResponse({ description: 'The groups.', type: MembershipPageDto })
  async groups(@Param('id') id: string, @Query() page: PageQuery): Promise<MembershipPageDto> {
    const user = await this.users.get(id);
    const { items, nextCursor } = await this.memberships.of(user.id, page);
    return { items: items.map(MembershipDto.of), nextCursor };
  }
}
