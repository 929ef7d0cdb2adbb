import { Body, Controller, Delete, Get, HttpCode, Param, Put, Req } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { RequireObjectPermission } from '../../access/access.decorators.js';
import { CurrentPrincipal, type Principal } from '../../access/principal.js';
import { Fails } from '../../common/api-docs.js';
import { Clock } from '../../common/clock.js';
import { NotFound } from '../../common/failures.js';
import { callerOf } from '../../common/http/caller.js';
import { IdPipe } from '../../common/id.pipe.js';
import { ExpiryDto, expiryOf } from '../../permissions/expiry.js';
import { permissionNamed } from '../../permissions/permission-named.js';
import { BeyondOwnRights, PermissionUnknown } from '../../permissions/permissions.errors.js';
import { serviceAccountPermissions } from '../../service-accounts/service-accounts.permissions.js';
import { ServiceAccountsService } from '../../service-accounts/service-accounts.service.js';
import { RightsDto } from '../users/user-permissions.dto.js';
import { UserRightsService } from '../users/user-rights.service.js';

@ApiTags('Service accounts')
@Controller('v1/service-accounts/:id/permissions')
export class ServiceAccountPermissionsController {
  constructor(
    private readonly accounts: ServiceAccountsService,
    private readonly rights: UserRightsService,
    private readonly clock: Clock,
  ) {}

  @Get()
  @RequireObjectPermission(serviceAccountPermissions.view, { apiKeys: false })
  @ApiOperation({
    operationId: 'getServiceAccountPermissions',
    summary: 'What may a service account do, and why?',
    description: 'What it holds on all objects of a kind: directly, or through groups.',
  })
  @ApiOkResponse({ description: 'Its permissions, each with its sources.', type: RightsDto })
  @Fails(NotFound)
  async read(@Param('id', IdPipe) id: string): Promise<RightsDto> {
    const { account } = await this.accounts.get(id);
    return RightsDto.of(await this.rights.of(account));
  }

  @Put(':permission')
  @HttpCode(204)
  @RequireObjectPermission(serviceAccountPermissions.change, { recent: true, apiKeys: false })
  @ApiOperation({
    operationId: 'giveServiceAccountPermission',
    summary: 'Give a service account a permission',
    description:
      'On all objects of a kind, for good or for a time. Only what you hold yourself. Given again, it ends when it is said to now.',
  })
  @ApiNoContentResponse({ description: 'It holds it, from the next request on.' })
  @Fails(NotFound, PermissionUnknown, BeyondOwnRights)
  async give(
    @CurrentPrincipal() principal: Principal,
    @Param('id', IdPipe) id: string,
    @Param('permission') name: string,
    @Body() body: ExpiryDto,
    @Req() request: FastifyRequest,
  ): Promise<void> {
    const given = { permission: permissionNamed(name), expiresAt: expiryOf(body, this.clock) };
    await this.rights.give(principal, id, given, callerOf(request));
  }

  @Delete(':permission')
  @HttpCode(204)
  @RequireObjectPermission(serviceAccountPermissions.change, { apiKeys: false })
  @ApiOperation({
    operationId: 'takeServiceAccountPermission',
    summary: 'Take a permission from a service account',
    description: 'That was given to it directly; what a group holds for it stays.',
  })
  @ApiNoContentResponse({ description: 'It is gone, from the next request on.' })
  @Fails(NotFound, PermissionUnknown, BeyondOwnRights)
  async take(
    @CurrentPrincipal() principal: Principal,
    @Param('id', IdPipe) id: string,
    @Param('permission') name: string,
    @Req() request: FastifyRequest,
  ): Promise<void> {
    await this.rights.take(principal, id, permissionNamed(name), callerOf(request));
  }
}
