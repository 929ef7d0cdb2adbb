import { Body, Controller, Delete, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { LoginRequired, Public } from '../access/access.decorators.js';
import { CsrfFailed, InvalidToken } from '../access/access.errors.js';
import {
  type AuthenticatedRequest,
  CurrentPrincipal,
  type Principal,
} from '../access/principal.js';
import { Fails } from '../common/api-docs.js';
import { callerOf } from '../common/http/caller.js';
import { LogoutService } from './logout.service.js';
import { SessionCookiesService } from './session-cookies.service.js';
import { SessionsService } from './sessions.service.js';
import { SignInCsrfService } from './sign-in-csrf.service.js';
import { LogoutDto } from './tokens.dto.js';

@ApiTags('Sign-in')
@Controller('v1/auth')
export class LogoutController {
  constructor(
    private readonly logout: LogoutService,
    private readonly sessions: SessionsService,
    private readonly cookies: SessionCookiesService,
    private readonly csrf: SignInCsrfService,
  ) {}

  @Post('logout')
  @HttpCode(204)
  @Public()
  @ApiOperation({
    operationId: 'logout',
    summary: 'Sign out on this device',
    description:
      'Ends the session of the access token, of the refresh token in the body or of the session cookie: the first of them that is there. It is dead before the answer is sent; 204 also if it was over already. A refresh token in a cookie does not come here: with no access token left, call `DELETE /v1/auth/refresh`.',
  })
  @ApiNoContentResponse({ description: 'Signed out.' })
  @Fails(CsrfFailed)
  async end(
    @Body() { refreshToken }: LogoutDto,
    @Req() request: AuthenticatedRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    const { principal, headers } = request;
    const caller = callerOf(request);
    if (principal !== undefined) {
      await this.logout.ofPrincipal(principal, caller);
      this.cookies.clearRefresh(reply);
    } else if (refreshToken !== undefined) await this.logout.ofRefreshToken(refreshToken, caller);
    else if (await this.logout.ofBrowser(headers, caller)) this.cookies.clear(reply);
  }

  @Delete('refresh')
  @HttpCode(204)
  @Public()
  @ApiOperation({
    operationId: 'logoutByRefreshCookie',
    summary: 'Sign out with nothing but the refresh cookie',
    description:
      'For pages whose refresh token is in its cookie, which no other path gets to see. Wants `X-XSRF-TOKEN`. 204 also if there is no such cookie, or its session was over already.',
  })
  @ApiNoContentResponse({ description: 'Signed out.' })
  @Fails(CsrfFailed, InvalidToken)
  async endByRefreshCookie(
    @Req() request: AuthenticatedRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    const refreshToken = this.cookies.readRefresh(request.headers);
    if (refreshToken === undefined) return;
    await this.csrf.check(request.headers);
    await this.logout.ofRefreshToken(refreshToken, callerOf(request));
    this.cookies.clearRefresh(reply);
  }

  @Post('logout/all')
  @HttpCode(204)
  @LoginRequired({ enrollment: true })
  @ApiOperation({
    operationId: 'logoutEverywhere',
    summary: 'Sign out on every device',
    description: 'Ends every session of the user, this one, too.',
  })
  @ApiNoContentResponse({ description: 'Signed out everywhere.' })
  async endAll(
    @CurrentPrincipal() { user, via }: Principal,
    @Req() request: AuthenticatedRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    await this.sessions.endFor('logout_everywhere', {
      userId: user.id,
      caller: callerOf(request),
    });
    if (via === 'session') this.cookies.clear(reply);
    this.cookies.clearRefresh(reply);
  }
}
