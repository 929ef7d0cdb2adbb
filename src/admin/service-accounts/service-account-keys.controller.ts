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
import { RequireObjectPermission } from '../../access/access.decorators.js';
import { CurrentPrincipal, type Principal } from '../../access/principal.js';
import type { MadeApiKey } from '../../api-keys/api-key-office.service.js';
import { ApiKeyDto, ApiKeyPageDto, IssuedApiKeyDto } from '../../api-keys/api-key.dto.js';
import {
  ApiKeyEnded,
  ApiKeyNotInUse,
  RotationInProgress,
  TooManyApiKeys,
} from '../../api-keys/api-keys.errors.js';
import { ApiKeyChangesDto, NewApiKeyDto, RotationDto } from '../../api-keys/new-api-key.dto.js';
import { Fails } from '../../common/api-docs.js';
import { Clock } from '../../common/clock.js';
import { NotFound } from '../../common/failures.js';
import { callerOf } from '../../common/http/caller.js';
import { IdPipe } from '../../common/id.pipe.js';
import { PageQuery } from '../../common/paging.js';
import { BeyondOwnRights, SubjectInactive } from '../../permissions/permissions.errors.js';
import { serviceAccountPermissions } from '../../service-accounts/service-accounts.permissions.js';
import { ServiceAccountKeys } from './service-account-keys.service.js';

const { manage_keys: MANAGE } = serviceAccountPermissions;

@ApiTags('Service accounts')
@RequireObjectPermission(MANAGE, { recent: 'strongest', apiKeys: false })
@Controller('v1/service-accounts/:id/api-keys')
export class ServiceAccountKeysController {
  constructor(
    private readonly keys: ServiceAccountKeys,
    private readonly clock: Clock,
  ) {}

  @Get()
  @RequireObjectPermission(MANAGE, { apiKeys: false })
  @ApiOperation({
    operationId: 'listServiceAccountApiKeys',
    summary: 'The API keys of a service account',
    description:
      'Those that work and, for 30 days, those that have ended. Needs `service_accounts.manage_keys_service_account`, on all of them or on this one.',
  })
  @ApiOkResponse({ description: 'The keys.', type: ApiKeyPageDto })
  @Fails(NotFound)
  async list(@Param('id', IdPipe) id: string, @Query() page: PageQuery): Promise<ApiKeyPageDto> {
    const { items, nextCursor } = await this.keys.list(id, page);
    const now = this.clock.now();
    return { items: items.map((view) => ApiKeyDto.of(view, now)), nextCursor };
  }

  @Post()
  @ApiOperation({
    operationId: 'makeServiceAccountApiKey',
    summary: 'Make an API key for a service account',
    description:
      'Whoever has it can do what the account may, as far as its scopes reach: you must hold all that the account holds, on single objects, too, for as long as the key lasts. Whoever is responsible is told by mail.',
  })
  @ApiCreatedResponse({ description: 'It works. `key` is shown this once.', type: IssuedApiKeyDto })
  @Fails(NotFound, BeyondOwnRights, SubjectInactive, TooManyApiKeys)
  async make(
    @CurrentPrincipal() asker: Principal,
    @Param('id', IdPipe) id: string,
    @Body() wish: NewApiKeyDto,
    @Req() request: FastifyRequest,
  ): Promise<IssuedApiKeyDto> {
    return this.shown(await this.keys.make(asker, id, wish, callerOf(request)));
  }

  @Patch(':keyId')
  @ApiOperation({
    operationId: 'changeServiceAccountApiKey',
    summary: 'Change an API key of a service account',
    description:
      'As of keys of your own. You must hold all that the account holds, for as long as the key lasts.',
  })
  @ApiOkResponse({ description: 'It is so, from the next request on.', type: ApiKeyDto })
  @Fails(NotFound, BeyondOwnRights, ApiKeyEnded)
  async change(
    @CurrentPrincipal() asker: Principal,
    @Param('id', IdPipe) accountId: string,
    @Param('keyId', IdPipe) keyId: string,
    @Body() wish: ApiKeyChangesDto,
    @Req() request: FastifyRequest,
  ): Promise<ApiKeyDto> {
    const view = await this.keys.change(asker, { accountId, keyId }, wish, callerOf(request));
    return ApiKeyDto.of(view, this.clock.now());
  }

  @Delete(':keyId')
  @HttpCode(204)
  @RequireObjectPermission(MANAGE, { apiKeys: false })
  @ApiOperation({
    operationId: 'revokeServiceAccountApiKey',
    summary: 'Revoke an API key of a service account',
    description:
      'It opens nothing from now on, for good. Of a key that was rotated it cuts the overlap short.',
  })
  @ApiNoContentResponse({ description: 'It has ended.' })
  @Fails(NotFound, BeyondOwnRights)
  async revoke(
    @CurrentPrincipal() asker: Principal,
    @Param('id', IdPipe) accountId: string,
    @Param('keyId', IdPipe) keyId: string,
    @Req() request: FastifyRequest,
  ): Promise<void> {
    await this.keys.revoke(asker, { accountId, keyId }, callerOf(request));
  }

  @Post(':keyId/rotate')
  @ApiOperation({
    operationId: 'rotateServiceAccountApiKey',
    summary: 'Put a new key in the place of one of a service account',
    description:
      'As of keys of your own. You must hold all that the account holds, for as long as the new key lasts. Whoever is responsible is told by mail.',
  })
  @ApiCreatedResponse({
    description: 'The new key works. `key` is shown this once.',
    type: IssuedApiKeyDto,
  })
  @Fails(
    NotFound,
    BeyondOwnRights,
    SubjectInactive,
    ApiKeyEnded,
    ApiKeyNotInUse,
    RotationInProgress,
  )
  async rotate(
    @CurrentPrincipal() asker: Principal,
    @Param('id', IdPipe) accountId: string,
    @Param('keyId', IdPipe) keyId: string,
    @Body() wish: RotationDto,
    @Req() request: FastifyRequest,
  ): Promise<IssuedApiKeyDto> {
    return this.shown(await this.keys.rotate(asker, { accountId, keyId }, wish, callerOf(request)));
  }

  private shown({ view, key }: MadeApiKey): IssuedApiKeyDto {
    return IssuedApiKeyDto.with(view, key, this.clock.now());
  }
}
