import { Body, Controller, Delete, HttpCode, Post, Req } from '@nestjs/common';
import { ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { LoginRequired, Public } from '../../access/access.decorators.js';
import { CurrentPrincipal, type Principal } from '../../access/principal.js';
import { Fails } from '../../common/api-docs.js';
import { NotFound } from '../../common/failures.js';
import { callerOf } from '../../common/http/caller.js';
import { Limit } from '../../rate-limits/limit.decorator.js';
import { TooManyAttempts } from '../../rate-limits/rate-limits.errors.js';
import { TokenInvalid } from '../account.errors.js';
import { FactorResetStop } from './factor-reset-stop.service.js';
import { StopFactorResetDto } from './factor-reset.dto.js';

/** Whoever keeps factors makes an account safer, so that neither call asks for a proof of its own. */
@ApiTags('Second factors')
@Controller('v1')
export class FactorResetController {
  constructor(private readonly stops: FactorResetStop) {}

  @Post('auth/two-factor/reset/stop')
  @HttpCode(204)
  @Public()
  @Limit('stop-factor-reset')
  @ApiOperation({
    operationId: 'stopTwoFactorReset',
    summary: 'Keep my second factors, by the link of a mail',
    description:
      'An administrator asked to take them away. The token of the mail about it stops that until it is due.',
  })
  @ApiNoContentResponse({ description: 'They stay.' })
  @Fails(TokenInvalid, TooManyAttempts)
  async byLink(
    @Body() { token }: StopFactorResetDto,
    @Req() request: FastifyRequest,
  ): Promise<void> {
    await this.stops.byLink(token, callerOf(request));
  }

  @Delete('users/me/two-factor/reset')
  @HttpCode(204)
  @LoginRequired()
  @ApiOperation({
    operationId: 'stopMyTwoFactorReset',
    summary: 'Keep my second factors',
    description:
      'Stops what an administrator asked for. Showing a second factor, wherever it is, does so, too.',
  })
  @ApiNoContentResponse({ description: 'They stay.' })
  @Fails(NotFound)
  async bySession(
    @CurrentPrincipal() { user }: Principal,
    @Req() request: FastifyRequest,
  ): Promise<void> {
    await this.stops.bySession(user.id, callerOf(request));
  }
}
