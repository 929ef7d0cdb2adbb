import { Body, Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../access/access.decorators.js';
import { CsrfFailed } from '../access/access.errors.js';
import { Fails } from '../common/api-docs.js';
import { Limit } from '../rate-limits/limit.decorator.js';
import { TooManyAttempts } from '../rate-limits/rate-limits.errors.js';
import { PasskeyAssertions } from '../two-factor/passkeys/passkey-assertions.service.js';
import { PasskeyRequestDto } from '../two-factor/passkeys/passkey.dto.js';
import { LoginCarrier } from './login-carrier.js';
import { ApiLoginAnswer, type LoginAnswer } from './login.dto.js';
import { AccountLeft, EmailNotVerified, InvalidCredentials } from './login.errors.js';
import { PasskeyLoginDto } from './passkey-login.dto.js';
import { PasskeyLoginService } from './passkey-login.service.js';

@ApiTags('Sign-in')
@Controller('v1/auth/passkey')
export class PasskeyLoginController {
  constructor(
    private readonly service: PasskeyLoginService,
    private readonly assertions: PasskeyAssertions,
    private readonly carrier: LoginCarrier,
  ) {}

  @Post('options')
  @HttpCode(200)
  @Public()
  @Limit('passkey-options')
  @ApiOperation({
    operationId: 'getPasskeyLoginOptions',
    summary: 'Begin to sign in with a passkey alone',
    description:
      'The same for everybody: it names no account, and the authenticator offers those that it knows. For `PublicKeyCredential.parseRequestOptionsFromJSON()`.',
  })
  @ApiOkResponse({ description: 'What to ask of the authenticator.', type: PasskeyRequestDto })
  @Fails(TooManyAttempts)
  options(): Promise<PasskeyRequestDto> {
    return this.assertions.options({ purpose: 'sign_in' });
  }

  @Post()
  @HttpCode(200)
  @Public()
  @Limit('passkey-login')
  @ApiOperation({
    operationId: 'loginPasskey',
    summary: 'Sign in with a passkey alone',
    description:
      'Takes a passkey whose authenticator verified its bearer, by a fingerprint or a PIN, now and when it was registered: no second factor is asked for. Whatever is wrong is `invalid_credentials`.',
  })
  @ApiLoginAnswer('Signed in.')
  @Fails(InvalidCredentials, EmailNotVerified, AccountLeft, TooManyAttempts, CsrfFailed)
  async signIn(
    @Body() body: PasskeyLoginDto,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<LoginAnswer> {
    await this.carrier.check(body, request.headers);
    const outcome = await this.service.signIn(body, request);
    return this.carrier.carry(outcome, body, request, reply);
  }
}
