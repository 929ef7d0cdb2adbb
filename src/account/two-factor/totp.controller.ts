import { Body, Controller, Delete, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { LoginRequired } from '../../access/access.decorators.js';
import { InvalidToken } from '../../access/access.errors.js';
import { CurrentPrincipal, type Principal } from '../../access/principal.js';
import { Fails } from '../../common/api-docs.js';
import { NotFound } from '../../common/failures.js';
import { callerOf } from '../../common/http/caller.js';
import { EmailNotVerified } from '../../login/login.errors.js';
import { TooManyAttempts } from '../../rate-limits/rate-limits.errors.js';
import { SessionCookiesService } from '../../sessions/session-cookies.service.js';
import { TotpSetUpService } from './totp-set-up.service.js';
import {
  BeginTotpDto,
  ConfirmedFactorDto,
  ConfirmTotpDto,
  TotpSetUpDto,
} from './two-factor.dto.js';
import { SecondFactorDemanded, TotpEnrolled, TotpNotBegun } from './two-factor.errors.js';

@ApiTags('Second factors')
@LoginRequired({ recent: 'strongest', enrollment: true })
@Controller('v1/users/me/two-factor/totp')
export class TotpController {
  constructor(
    private readonly setUp: TotpSetUpService,
    private readonly cookies: SessionCookiesService,
  ) {}

  @Post()
  @HttpCode(200)
  @ApiOperation({
    operationId: 'beginTotp',
    summary: 'Begin to set up an authenticator app',
    description:
      'A new secret, which counts once `POST …/totp/confirm` has proved that the app has it. Calling again replaces a secret that was not confirmed.',
  })
  @ApiOkResponse({ description: 'The secret, three times over.', type: TotpSetUpDto })
  @Fails(TotpEnrolled, EmailNotVerified, InvalidToken)
  begin(
    @CurrentPrincipal() principal: Principal,
    @Body() { replace = false }: BeginTotpDto,
  ): Promise<TotpSetUpDto> {
    return this.setUp.begin(principal, replace);
  }

  @Post('confirm')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'confirmTotp',
    summary: 'Confirm the authenticator app',
    description:
      'From now on sign-ins ask for it. This session reaches level two; the first factor ends every other session of mine, another app in place of one lowers them. A session cookie is replaced by a fresh one, and the CSRF token with it. The code is spent; a wrong one is `validation_failed` at `code`. A mail tells of it.',
  })
  @ApiOkResponse({ description: 'It counts.', type: ConfirmedFactorDto })
  @Fails(TotpNotBegun, EmailNotVerified, TooManyAttempts, InvalidToken)
  async confirm(
    @CurrentPrincipal() principal: Principal,
    @Body() { code }: ConfirmTotpDto,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ConfirmedFactorDto> {
    const added = await this.setUp.confirm(principal, code, callerOf(request));
    const { cookie, recoveryCodes = null } = added;
    if (cookie) this.cookies.set(reply, cookie.secret, cookie.expiresAt);
    return { recoveryCodes };
  }

  @Delete()
  @HttpCode(204)
  @ApiOperation({
    operationId: 'removeTotp',
    summary: 'Remove my authenticator app',
    description:
      'Every other session of mine falls back to level one, and this one, too, if it was the last factor; the recovery codes go with that. A mail tells of it.',
  })
  @ApiNoContentResponse({ description: 'It opens nothing any more.' })
  @Fails(NotFound, SecondFactorDemanded, InvalidToken)
  remove(@CurrentPrincipal() principal: Principal, @Req() request: FastifyRequest): Promise<void> {
    return this.setUp.remove(principal, callerOf(request));
  }
}
