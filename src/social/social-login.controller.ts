import { Body, Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import {
  ApiFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiSeeOtherResponse,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../access/access.decorators.js';
import { CsrfFailed } from '../access/access.errors.js';
import { Fails } from '../common/api-docs.js';
import { NotFound, ValidationFailed } from '../common/failures.js';
import { LoginCarrier } from '../login/login-carrier.js';
import { ApiLoginAnswer, type LoginAnswer } from '../login/login.dto.js';
import { AccountLeft, EmailNotVerified, InvalidCredentials } from '../login/login.errors.js';
import { Limit } from '../rate-limits/limit.decorator.js';
import { TooManyAttempts } from '../rate-limits/rate-limits.errors.js';
import { BrowserCookie } from './flow/browser-cookie.service.js';
import { DeparturesService } from './flow/departures.service.js';
import { landingUrl } from './landing.js';
import { ProvidersService } from './providers/providers.service.js';
import { type Landing, SocialLoginService } from './social-login.service.js';
import { AuthorizeQuery, ExchangeDto, IdTokenDto, ProvidersDto } from './social.dto.js';
import {
  EmailRequired,
  EmailUnverified,
  ProviderRefused,
  ProviderUnavailable,
  RedirectNotAllowed,
  SignupClosed,
  SocialAccountExists,
  SocialFlowInvalid,
} from './social.errors.js';

@ApiTags('Sign-in')
@Controller('v1/auth/social')
export class SocialLoginController {
  constructor(
    private readonly providers: ProvidersService,
    private readonly departures: DeparturesService,
    private readonly service: SocialLoginService,
    private readonly carrier: LoginCarrier,
    private readonly browser: BrowserCookie,
  ) {}

  @Get('providers')
  @Public()
  @ApiOperation({
    operationId: 'listSocialProviders',
    summary: 'With whom may people sign in?',
    description: 'The providers that are enabled, by name: one button each.',
  })
  @ApiOkResponse({ description: 'The providers.', type: ProvidersDto })
  async list(): Promise<ProvidersDto> {
    const items = (await this.providers.list()).map(({ id, name }) => ({ id, name }));
    return { items };
  }

  @Get(':provider/authorize')
  @Public()
  @Limit('social-authorize')
  @ApiParam({ name: 'provider', example: 'google' })
  @ApiOperation({
    operationId: 'authorizeSocial',
    summary: 'Begin to sign in with a provider',
    description:
      'Not a call of a script: send the browser here. It goes to the provider, comes back to this server, and is sent to `redirectTo`: with a session cookie, or with `code`; with `error` if it went wrong, or with `#status=two_factor_required&challengeToken=…` if the second factor is due.',
  })
  @ApiFoundResponse({ description: 'On to the provider.' })
  @Fails(NotFound, RedirectNotAllowed, ProviderUnavailable, TooManyAttempts)
  async authorize(
    @Param('provider') provider: string,
    @Query() query: AuthorizeQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { transport = 'cookie', codeChallenge, redirectTo } = query;
    if (transport === 'token' && codeChallenge === undefined) throw challengeMissing();
    const begun = await this.departures.begin(
      { provider, redirectTo, transport, ...(transport === 'token' && { codeChallenge }) },
      request.headers,
      reply,
    );
    await reply.redirect(begun.url, 302);
  }

  @Get(':provider/callback')
  @Public()
  @Limit('social-callback')
  @ApiParam({ name: 'provider', example: 'google' })
  @ApiOperation({
    operationId: 'finishSocial',
    summary: 'Where a provider sends the browser back to',
    description:
      'To be registered with the provider, to the letter. It answers once to each way that was begun, in the browser that began it.',
  })
  @ApiFoundResponse({ description: 'On to `redirectTo`.' })
  @Fails(NotFound, SocialFlowInvalid, TooManyAttempts)
  async callback(
    @Param('provider') provider: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    const search = searchOf(request);
    const state = new URLSearchParams(search).get('state') ?? '';
    const browser = this.browser.read(request.headers);
    const landing = await this.service.finish(provider, { search, state }, browser, request);
    const url = await this.landOn(landing, request, reply);
    await reply.redirect(url, 302);
  }

  @Post(':provider/callback')
  @Public()
  @Limit('social-callback-form')
  @ApiParam({ name: 'provider', example: 'apple' })
  @ApiOperation({
    operationId: 'finishSocialByForm',
    summary: 'Where a provider sends the browser back to with a form',
    description:
      'Apple does (`response_mode=form_post`). The cookie of the browser does not come along with a form from elsewhere: it is sent on to the same address, where it does.',
  })
  @ApiSeeOtherResponse({ description: 'On to the address without a form.' })
  @Fails(TooManyAttempts)
  async callbackByForm(
    @Param('provider') provider: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await reply.redirect(this.departures.callbackOf(provider, request.body), 303);
  }

  @Post('exchange')
  @HttpCode(200)
  @Public()
  @Limit('social-exchange')
  @ApiOperation({
    operationId: 'exchangeSocialCode',
    summary: 'Take the session that a way to a provider ended with',
    description:
      'For clients that take tokens: the code of the address, and the verifier that they kept.',
  })
  @ApiLoginAnswer('Signed in, or `two_factor_required`.')
  @Fails(InvalidCredentials, EmailNotVerified, AccountLeft, TooManyAttempts, CsrfFailed)
  async exchange(
    @Body() body: ExchangeDto,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<LoginAnswer> {
    await this.carrier.check(body, request.headers);
    const outcome = await this.service.exchange(body, request);
    return this.carrier.carry(outcome, body, request, reply);
  }

  @Post(':provider/id-token')
  @HttpCode(200)
  @Public()
  @Limit('social-id-token')
  @ApiParam({ name: 'provider', example: 'google' })
  @ApiOperation({
    operationId: 'loginWithIdToken',
    summary: 'Sign in with what an app got from a provider by itself',
    description:
      "For the providers' own SDKs on phones: the ID token must be made for the client id of this server or one of `SOCIAL_<NAME>_NATIVE_CLIENT_IDS`, with this nonce.",
  })
  @ApiLoginAnswer('Signed in, or `two_factor_required`.')
  @Fails(
    NotFound,
    ProviderRefused,
    ProviderUnavailable,
    SocialAccountExists,
    SignupClosed,
    EmailRequired,
    EmailUnverified,
    InvalidCredentials,
    EmailNotVerified,
    AccountLeft,
    TooManyAttempts,
    CsrfFailed,
  )
  async idToken(
    @Param('provider') provider: string,
    @Body() body: IdTokenDto,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<LoginAnswer> {
    await this.carrier.check(body, request.headers);
    const outcome = await this.service.byIdToken(provider, body, request);
    return this.carrier.carry(outcome, body, request, reply);
  }

  private async landOn(
    landing: Landing,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<string> {
    const { redirectTo } = landing;
    if ('failed' in landing) return landingUrl(redirectTo, { error: landing.failed });
    if ('linked' in landing) return landingUrl(redirectTo, { linked: 'true' });
    if ('code' in landing) return landingUrl(redirectTo, { code: landing.code });
    const { outcome } = landing;
    const told = await this.carrier.carry(outcome, { transport: 'cookie' }, request, reply);
    return landingUrl(redirectTo, told);
  }
}

const searchOf = ({ url }: FastifyRequest): string => {
  const at = url.indexOf('?');
  return at < 0 ? '' : url.slice(at);
};

const challengeMissing = () =>
  new ValidationFailed({
    errors: [
      {
        field: 'codeChallenge',
        code: 'required',
        message: 'It is required with transport=token.',
      },
    ],
  });
