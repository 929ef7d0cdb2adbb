import { Controller, Delete, Get, HttpCode, Param, Req } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { LoginRequired } from '../../access/access.decorators.js';
import { CurrentPrincipal, type Principal } from '../../access/principal.js';
import { Fails } from '../../common/api-docs.js';
import { NotFound } from '../../common/failures.js';
import { callerOf } from '../../common/http/caller.js';
import { DistrustService } from '../../login/distrust.service.js';
import { TrustedDevicesService } from '../../login/trusted-devices.service.js';
import { TrustedDeviceDto, TrustedDevicesDto } from './trusted-devices.dto.js';

/** No fresh proof is asked for: whoever ends trust makes the account safer. */
@ApiTags('Second factors')
@LoginRequired()
@Controller('v1/users/me/two-factor/trusted-devices')
export class TrustedDevicesController {
  constructor(
    private readonly devices: TrustedDevicesService,
    private readonly distrust: DistrustService,
  ) {}

  @Get()
  @ApiOperation({
    operationId: 'listMyTrustedDevices',
    summary: 'Where am I not asked for my second factor?',
    description:
      'Devices on which I signed in with `trustDevice`. A change of password, second factors or address ends the trust in all of them.',
  })
  @ApiOkResponse({ description: 'The devices that I trust.', type: TrustedDevicesDto })
  async read(@CurrentPrincipal() { user, sessionId }: Principal): Promise<TrustedDevicesDto> {
    const devices = await this.devices.of(user.id);
    return { items: devices.map((device) => TrustedDeviceDto.of(device, sessionId)) };
  }

  @Delete()
  @HttpCode(204)
  @ApiOperation({
    operationId: 'distrustMyDevices',
    summary: 'Be asked for my second factor everywhere',
    description: 'No device of mine is trusted any more. Sessions go on.',
  })
  @ApiNoContentResponse({ description: 'None is trusted.' })
  async distrustAll(
    @CurrentPrincipal() { user }: Principal,
    @Req() request: FastifyRequest,
  ): Promise<void> {
    await this.distrust.all(user.id, callerOf(request));
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({
    operationId: 'distrustMyDevice',
    summary: 'Be asked for my second factor on one device',
    description: 'The next sign-in on it asks again. Sessions go on.',
  })
  @ApiNoContentResponse({ description: 'It is not trusted any more.' })
  @Fails(NotFound)
  async distrustOne(
    @CurrentPrincipal() { user }: Principal,
    @Param('id') id: string,
    @Req() request: FastifyRequest,
  ): Promise<void> {
    await this.distrust.one(user.id, id, callerOf(request));
  }
}
