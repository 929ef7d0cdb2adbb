import { Body, Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../access/access.decorators.js';
import { CsrfFailed, InvalidToken, SessionExpired } from '../access/access.errors.js';
import { Fails } from '../common/api-docs.js';
import { ValidationFailed } from '../common/failures.js';
import { callerOf } from '../common/http/caller.js';
import { LIGHT } from '../common/http/turns.js';
import { TooManyAttempts } from '../rate-limits/rate-limits.errors.js';
import { RefreshGarbage } from './refresh-garbage.service.js';
import { RefreshTokensService, type Rotation } from './refresh-tokens.service.js';
import { SessionCookiesService } from './session-cookies.service.js';
import { REFRESH_COOKIE_PREFIX, REFRESH_PREFIX } from './session-row.js';
import { RefreshTokenReused } from './sessions.errors.js';
import { SignInCsrfService } from './sign-in-csrf.service.js';
import { TokenPairsService } from './token-pairs.service.js';
import { RefreshDto, TokensDto } from './tokens.dto.js';

const NO_TOKEN = {
  field: 'refreshToken',
  code: 'required',
  message: 'It is required where there is no cookie that holds it.',
};

@ApiTags('Sign-in')
@Controller('v1/auth')
export class RefreshController {
  constructor(
    private readonly refreshTokens: RefreshTokensService,
    private readonly pairs: TokenPairsService,
    private readonly cookies: SessionCookiesService,
    private readonly csrf: SignInCsrfService,
    private readonly garbage: RefreshGarbage,
  ) {}

  @Post('refresh')
  @HttpCode(200)
  @RouteConfig(LIGHT)
  @Public()
  @ApiOperation({
    operationId: 'refresh',
    summary: 'Stay signed in: a new pair of tokens for a refresh token',
    description:
      'Each refresh token is good once. Whoever repeats the call within `REFRESH_GRACE` seconds (the answer was lost, two tabs were awake) gets the same successor; later it counts as theft, and the session ends. Send the token in the body, or leave it to its cookie together with `X-XSRF-TOKEN`.',
  })
  @ApiOkResponse({ description: 'Use these from now on.', type: TokensDto })
  @Fails(InvalidToken, SessionExpired, RefreshTokenReused, TooManyAttempts, CsrfFailed)
  async refresh(
    @Body() { refreshToken }: RefreshDto,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TokensDto> {
    const refreshIn = refreshToken === undefined ? 'cookie' : 'body';
    const { session, secret } = await this.garbage.bounded(callerOf(request), () =>
      this.rotate(request, refreshToken),
    );
    return this.pairs.give(reply, session, secret, refreshIn);
  }

  private async rotate(request: FastifyRequest, refreshToken?: string): Promise<Rotation> {
    const { headers } = request;
    const caller = callerOf(request);
    if (refreshToken !== undefined) {
      return this.refreshTokens.rotate(REFRESH_PREFIX, refreshToken, caller);
    }
    const cookie = this.cookies.readRefresh(headers);
    if (cookie === undefined) throw new ValidationFailed({ errors: [NO_TOKEN] });
    await this.csrf.check(headers);
    return this.refreshTokens.rotate(REFRESH_COOKIE_PREFIX, cookie, caller);
  }
}
