import { Body, Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { LoginRequired, Public } from '../access/access.decorators.js';
import { CsrfFailed } from '../access/access.errors.js';
import {
  type AuthenticatedRequest,
  CurrentPrincipal,
  type Principal,
} from '../access/principal.js';
import { Fails } from '../common/api-docs.js';
import { LogoutService } from './logout.service.js';
import { SessionCookiesService } from './session-cookies.service.js';
import { SessionsService } from './sessions.service.js';
import { LogoutDto } from './tokens.dto.js';

@ApiTags('Sign-in')
@Controller('v1/auth')
export class LogoutController {
  constructor(
    private readonly logout: LogoutService,
    private readonly sessions: SessionsService,
    private readonly cookies: SessionCookiesService,
  ) {}

  @Post('logout')
  @HttpCode(204)
  @Public()
  @ApiOperation({
    operationId: 'logout',
    summary: 'Sign out on this device',
    description:
      'Ends the session of the access token, of the cookie or of the refresh token in the body; each is dead before the answer is sent. 204 also if it was over already.',
  })
  @ApiNoContentResponse({ description: 'Signed out.' })
  @Fails(CsrfFailed)
  async end(
    @Body() { refreshToken }: LogoutDto,
    @Req() { principal, headers }: AuthenticatedRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    if (principal !== undefined) await this.logout.ofPrincipal(principal);
    else if (refreshToken !== undefined) await this.logout.ofRefreshToken(refreshToken);
    else await this.logout.ofBrowser(headers);
    this.cookies.clear(reply);
  }

  @Post('logout/all')
  @HttpCode(204)
  @LoginRequired()
  @ApiOperation({
    operationId: 'logoutEverywhere',
    summary: 'Sign out on every device',
    description: 'Ends every session of the user, this one, too.',
  })
  @ApiNoContentResponse({ description: 'Signed out everywhere.' })
  async endAll(
    @CurrentPrincipal() { user }: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    await this.sessions.endFor('logout_everywhere', { userId: user.id });
    this.cookies.clear(reply);
  }
}
