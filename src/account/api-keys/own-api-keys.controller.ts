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
import { LoginRequired } from '../../access/access.decorators.js';
import { CurrentPrincipal, type Principal } from '../../access/principal.js';
import { ApiKeyDto, ApiKeyPageDto, IssuedApiKeyDto } from '../../api-keys/api-key.dto.js';
import {
  ApiKeyEnded,
  ApiKeyNotInUse,
  RotationInProgress,
  TooManyApiKeys,
} from '../../api-keys/api-keys.errors.js';
import { ApiKeyChangesDto, NewApiKeyDto, RotationDto } from '../../api-keys/new-api-key.dto.js';
import { Fails } from '../../common/api-docs.js';
import { NotFound } from '../../common/failures.js';
import { callerOf } from '../../common/http/caller.js';
import { IdPipe } from '../../common/id.pipe.js';
import { PageQuery } from '../../common/paging.js';
import { EmailNotVerified } from '../../login/login.errors.js';
import { OwnApiKeys } from './own-api-keys.service.js';

@ApiTags('API keys')
@LoginRequired({ recent: 'strongest' })
@Controller('v1/users/me/api-keys')
export class OwnApiKeysController {
  constructor(private readonly own: OwnApiKeys) {}

  @Get()
  @LoginRequired()
  @ApiOperation({
    operationId: 'listMyApiKeys',
    summary: 'My API keys',
    description:
      'Those that work and, for 30 days, those that have ended. What a key is was shown when it was made, and never again.',
  })
  @ApiOkResponse({ description: 'The keys.', type: ApiKeyPageDto })
  list(@CurrentPrincipal() { user }: Principal, @Query() page: PageQuery): Promise<ApiKeyPageDto> {
    return this.own.list(user.id, page);
  }

  @Post()
  @ApiOperation({
    operationId: 'makeMyApiKey',
    summary: 'Make an API key',
    description:
      'For a program that calls as me, with `X-API-Key`. It may do what its scopes cover and I may at that moment; it manages neither keys nor other ways in. I am told by mail.',
  })
  @ApiCreatedResponse({ description: 'It works. `key` is shown this once.', type: IssuedApiKeyDto })
  @Fails(EmailNotVerified, TooManyApiKeys)
  make(
    @CurrentPrincipal() principal: Principal,
    @Body() wish: NewApiKeyDto,
    @Req() request: FastifyRequest,
  ): Promise<IssuedApiKeyDto> {
    return this.own.make(principal, wish, callerOf(request));
  }

  @Patch(':id')
  @ApiOperation({
    operationId: 'changeMyApiKey',
    summary: 'Change an API key of mine',
    description:
      'What is left out stays as it is. Scopes and expiry never change: make another key for that.',
  })
  @ApiOkResponse({ description: 'It is so, from the next request on.', type: ApiKeyDto })
  @Fails(NotFound, ApiKeyEnded)
  change(
    @CurrentPrincipal() principal: Principal,
    @Param('id', IdPipe) id: string,
    @Body() wish: ApiKeyChangesDto,
    @Req() request: FastifyRequest,
  ): Promise<ApiKeyDto> {
    return this.own.change(principal, id, wish, callerOf(request));
  }

  @Delete(':id')
  @LoginRequired()
  @HttpCode(204)
  @ApiOperation({
    operationId: 'revokeMyApiKey',
    summary: 'Revoke an API key of mine',
    description:
      'It opens nothing from now on, for good. Of a key that was rotated it cuts the overlap short.',
  })
  @ApiNoContentResponse({ description: 'It has ended.' })
  @Fails(NotFound)
  async revoke(
    @CurrentPrincipal() principal: Principal,
    @Param('id', IdPipe) id: string,
    @Req() request: FastifyRequest,
  ): Promise<void> {
    await this.own.revoke(principal, id, callerOf(request));
  }

  @Post(':id/rotate')
  @ApiOperation({
    operationId: 'rotateMyApiKey',
    summary: 'Put a new key in the place of one of mine',
    description:
      'The new one may do the same and works at once. The old one works beside it until the overlap ends, and says so in `Deprecation` and `Sunset` of its answers; the list shows from where it is still used. I am told by mail.',
  })
  @ApiCreatedResponse({
    description: 'The new key works. `key` is shown this once.',
    type: IssuedApiKeyDto,
  })
  @Fails(NotFound, ApiKeyEnded, ApiKeyNotInUse, RotationInProgress, EmailNotVerified)
  rotate(
    @CurrentPrincipal() principal: Principal,
    @Param('id', IdPipe) id: string,
    @Body() wish: RotationDto,
    @Req() request: FastifyRequest,
  ): Promise<IssuedApiKeyDto> {
    return this.own.rotate(principal, id, wish, callerOf(request));
  }
}
