import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Param,
  Patch,
  Post,
  Query,
  Req,
} from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import {
  LoginRequired,
  RequireObjectPermission,
  RequirePermission,
} from '../../access/access.decorators.js';
import { CurrentPrincipal, type Principal } from '../../access/principal.js';
import { Fails } from '../../common/api-docs.js';
import { NotFound } from '../../common/failures.js';
import { callerOf } from '../../common/http/caller.js';
import { IdPipe } from '../../common/id.pipe.js';
import {
  AnonymousGroupFixed,
  BeyondOwnRights,
  SubjectInactive,
} from '../../permissions/permissions.errors.js';
import { ServiceAccountNameTaken } from '../../service-accounts/service-accounts.errors.js';
import { serviceAccountPermissions } from '../../service-accounts/service-accounts.permissions.js';
import { ServiceAccountsService } from '../../service-accounts/service-accounts.service.js';
import {
  NewServiceAccountDto,
  ServiceAccountChangesDto,
  ServiceAccountDto,
  ServiceAccountPageDto,
  ServiceAccountQuery,
} from './service-account.dto.js';
import { ServiceAccountsOffice } from './service-accounts-office.service.js';

/** Keys make no principals, and change none. */
@ApiTags('Service accounts')
@Controller('v1/service-accounts')
export class ServiceAccountsController {
  constructor(
    private readonly office: ServiceAccountsOffice,
    private readonly accounts: ServiceAccountsService,
  ) {}

  @Get()
  @LoginRequired()
  @ApiOperation({
    operationId: 'listServiceAccounts',
    summary: 'The service accounts that I may view',
    description:
      'All of them with `service_accounts.view_service_account`, else those on which it was granted.',
  })
  @ApiOkResponse({ description: 'The service accounts.', type: ServiceAccountPageDto })
  async list(
    @CurrentPrincipal() asker: Principal,
    @Query() query: ServiceAccountQuery,
  ): Promise<ServiceAccountPageDto> {
    const { items, nextCursor } = await this.office.list(asker, query);
    return { items: items.map(ServiceAccountDto.of), nextCursor };
  }

  @Post()
  @RequirePermission(serviceAccountPermissions.add, { recent: true, apiKeys: false })
  @ApiOperation({
    operationId: 'addServiceAccount',
    summary: 'Make a service account',
    description:
      'A principal for servers: no password, no sign-in, only keys. It holds nothing yet; give it permissions, or put it into groups. Needs `service_accounts.add_service_account`, and that you may view whoever is responsible.',
  })
  @ApiCreatedResponse({ description: 'Made.', type: ServiceAccountDto })
  @Fails(NotFound, SubjectInactive, AnonymousGroupFixed, ServiceAccountNameTaken)
  async create(
    @CurrentPrincipal() asker: Principal,
    @Body() given: NewServiceAccountDto,
    @Req() request: FastifyRequest,
  ): Promise<ServiceAccountDto> {
    const id = await this.office.create(asker, given, callerOf(request));
    return ServiceAccountDto.of(await this.accounts.get(id));
  }

  @Get(':id')
  @RequireObjectPermission(serviceAccountPermissions.view, { apiKeys: false })
  @ApiOperation({
    operationId: 'getServiceAccount',
    summary: 'A service account',
    description: 'Needs `service_accounts.view_service_account`, on all of them or on this one.',
  })
  @ApiOkResponse({ description: 'The service account.', type: ServiceAccountDto })
  @Fails(NotFound)
  async read(@Param('id', IdPipe) id: string): Promise<ServiceAccountDto> {
    return ServiceAccountDto.of(await this.accounts.get(id));
  }

  @Patch(':id')
  @RequireObjectPermission(serviceAccountPermissions.change, { recent: true, apiKeys: false })
  @ApiOperation({
    operationId: 'changeServiceAccount',
    summary: 'Change a service account, or switch it off',
    description:
      'Needs `service_accounts.change_service_account`, on all of them or on this one, and all that it holds on all objects of a kind. Fields that are left out stay.',
  })
  @ApiOkResponse({ description: 'The service account, as it is now.', type: ServiceAccountDto })
  @Fails(NotFound, BeyondOwnRights, SubjectInactive, AnonymousGroupFixed, ServiceAccountNameTaken)
  async change(
    @CurrentPrincipal() asker: Principal,
    @Param('id', IdPipe) id: string,
    @Body() changes: ServiceAccountChangesDto,
    @Req() request: FastifyRequest,
  ): Promise<ServiceAccountDto> {
    await this.office.change(asker, id, changes, callerOf(request));
    return ServiceAccountDto.of(await this.accounts.get(id));
  }

  @Delete(':id')
  @HttpCode(204)
  @RequireObjectPermission(serviceAccountPermissions.delete, { recent: true, apiKeys: false })
  @ApiOperation({
    operationId: 'deleteServiceAccount',
    summary: 'Delete a service account',
    description:
      'With its rights and its keys, which open nothing from now on. Needs `service_accounts.delete_service_account`, on all of them or on this one, and all that it holds on all objects of a kind.',
  })
  @ApiNoContentResponse({ description: 'It is gone.' })
  @Fails(NotFound, BeyondOwnRights)
  async remove(
    @CurrentPrincipal() asker: Principal,
    @Param('id', IdPipe) id: string,
    @Req() request: FastifyRequest,
  ): Promise<void> {
    await this.office.remove(asker, id, callerOf(request));
  }
}
