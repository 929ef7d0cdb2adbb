import { Body, Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { LoginRequired } from '../../access/access.decorators.js';
import { InvalidToken } from '../../access/access.errors.js';
import { CurrentPrincipal, type Principal } from '../../access/principal.js';
import { Fails } from '../../common/api-docs.js';
import { abandoned } from '../../common/http/abandoned.js';
import { callerOf } from '../../common/http/caller.js';
import { InvalidCredentials } from '../../login/login.errors.js';
import { HashQueueFull } from '../../passwords/passwords.errors.js';
import { TooManyAttempts } from '../../rate-limits/rate-limits.errors.js';
import { SessionCookiesService } from '../../sessions/session-cookies.service.js';
import { InvalidCode } from '../../two-factor/two-factor.errors.js';
import { ReauthenticateDto } from './reauthentication.dto.js';
import { ReauthenticationService } from './reauthentication.service.js';

@ApiTags('Sign-in')
@Controller('v1/auth')
export class ReauthenticationController {
  constructor(
    private readonly reauthentication: ReauthenticationService,
    private readonly cookies: SessionCookiesService,
  ) {}

  @Post('reauthenticate')
  @HttpCode(204)
  @LoginRequired({ enrollment: true })
  @ApiOperation({
    operationId: 'reauthenticate',
    summary: 'Prove again that it is me',
    description:
      'Opens the window in which sensitive calls are allowed, `REAUTHENTICATION_WINDOW` seconds; outside of it they answer 403 `reauthentication_required`. By a password, or by a second factor, which raises the session to level two (`acr` of the next access token). A session cookie is replaced by a fresh one, and the CSRF token with it.',
  })
  @ApiNoContentResponse({ description: 'The window is open.' })
  @Fails(InvalidToken, InvalidCredentials, InvalidCode, TooManyAttempts, HashQueueFull)
  async reauthenticate(
    @CurrentPrincipal() principal: Principal,
    @Body() body: ReauthenticateDto,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    const caller = callerOf(request);
    const signal = abandoned(reply.raw);
    const renewed = await this.reauthentication.prove(principal, body, caller, signal);
    if (renewed) this.cookies.set(reply, renewed.secret, renewed.expiresAt);
  }
}
