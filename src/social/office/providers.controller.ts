import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Req } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import { RequirePermission } from '../../access/access.decorators.js';
import type { PrincipalRequest } from '../../access/principal.js';
import { Fails } from '../../common/api-docs.js';
import { NotFound } from '../../common/failures.js';
import { callerOf } from '../../common/http/caller.js';
import { Settings } from '../../config/settings.js';
import { ProviderUnavailable, ProviderTaken } from '../social.errors.js';
import {
  ManagedProviderDto,
  ManagedProvidersDto,
  NewProviderDto,
  ProviderChangesDto,
  ProviderTestDto,
} from './managed-provider.dto.js';
import type { Change } from './provider-log.service.js';
import { ProvidersOffice } from './providers-office.service.js';
import { providerPermissions } from './social.permissions.js';

const OF_PEOPLE = { recent: true, apiKeys: false } as const;

@ApiTags('Providers')
@Controller('v1/social-providers')
export class ProvidersController {
  constructor(
    private readonly office: ProvidersOffice,
    private readonly settings: Settings,
  ) {}

  @Get()
  @RequirePermission(providerPermissions.view, { apiKeys: false })
  @ApiOperation({
    operationId: 'listManagedProviders',
    summary: 'The providers that are configured here',
    description:
      'Not those of the settings of the server. Needs the permission `social.view_provider`.',
  })
  @ApiOkResponse({ description: 'The providers.', type: ManagedProvidersDto })
  async list(): Promise<ManagedProvidersDto> {
    const rows = await this.office.list();
    return { items: rows.map((row) => ManagedProviderDto.of(row, this.settings.publicUrl)) };
  }

  @Post()
  @RequirePermission(providerPermissions.add, OF_PEOPLE)
  @ApiOperation({
    operationId: 'addProvider',
    summary: 'Configure a provider',
    description:
      'Whoever is at home at a provider signs in with it, so this is as good as a key to every account that links it. Needs the permission `social.add_provider` and a fresh proof. People may sign in with it at once, on every node.',
  })
  @ApiCreatedResponse({ description: 'Configured.', type: ManagedProviderDto })
  @Fails(ProviderTaken)
  async add(
    @Body() body: NewProviderDto,
    @Req() request: PrincipalRequest,
  ): Promise<ManagedProviderDto> {
    return this.told(await this.office.add(body, changeOf(request)));
  }

  @Patch(':id')
  @ApiParam({ name: 'id', example: 'acme' })
  @RequirePermission(providerPermissions.change, OF_PEOPLE)
  @ApiOperation({
    operationId: 'changeProvider',
    summary: 'Change a provider, or switch it off',
    description:
      'Its kind and issuer never change: they say whose identities are whose. Needs the permission `social.change_provider` and a fresh proof.',
  })
  @ApiOkResponse({ description: 'As it is now.', type: ManagedProviderDto })
  @Fails(NotFound)
  async change(
    @Param('id') id: string,
    @Body() body: ProviderChangesDto,
    @Req() request: PrincipalRequest,
  ): Promise<ManagedProviderDto> {
    return this.told(await this.office.change(id, body, changeOf(request)));
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiParam({ name: 'id', example: 'acme' })
  @RequirePermission(providerPermissions.delete, OF_PEOPLE)
  @ApiOperation({
    operationId: 'removeProvider',
    summary: 'Remove a provider',
    description:
      'Nobody signs in with it any more; what people have linked stays, should it come back. Needs the permission `social.delete_provider` and a fresh proof.',
  })
  @ApiNoContentResponse({ description: 'Removed.' })
  @Fails(NotFound)
  async remove(@Param('id') id: string, @Req() request: PrincipalRequest): Promise<void> {
    await this.office.remove(id, changeOf(request));
  }

  @Post(':id/test')
  @HttpCode(200)
  @ApiParam({ name: 'id', example: 'acme' })
  @RequirePermission(providerPermissions.change, { apiKeys: false })
  @ApiOperation({
    operationId: 'testProvider',
    summary: 'Does this configuration work?',
    description:
      'Asks the provider for what it says of itself, as a sign-in does; also of one that is switched off. Whether the client id and the secret are right only a sign-in shows.',
  })
  @ApiOkResponse({ description: 'It answers as it should.', type: ProviderTestDto })
  @Fails(NotFound, ProviderUnavailable)
  async test(@Param('id') id: string): Promise<ProviderTestDto> {
    await this.office.test(id);
    return { status: 'ok' };
  }

  private told(row: Parameters<typeof ManagedProviderDto.of>[0]): ManagedProviderDto {
    return ManagedProviderDto.of(row, this.settings.publicUrl);
  }
}

const changeOf = (request: PrincipalRequest): Change => ({
  actorId: request.principal.user.id,
  caller: callerOf(request),
});
