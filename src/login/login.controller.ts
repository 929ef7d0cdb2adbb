import { Body, Controller, HttpCode, Post, Req, Res, UseGuards } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../access/access.decorators.js';
import { CsrfFailed } from '../access/access.errors.js';
import { Fails } from '../common/api-docs.js';
import { PasswordLoginGuard } from '../passwords/password-login.guard.js';
import { HashQueueFull, PasswordLoginOff } from '../passwords/passwords.errors.js';
import { type Attempt, during } from '../rate-limits/attempt.js';
import { TooManyAttempts } from '../rate-limits/rate-limits.errors.js';
import { deviceOf } from '../sessions/device.js';
import type { User } from '../users/user.entity.js';
import { LocalGuard } from './local.guard.js';
import { LoginCarrier } from './login-carrier.js';
import { ApiLoginAnswer, type LoginAnswer, LoginDto } from './login.dto.js';
import { AccountLeft, EmailNotVerified, InvalidCredentials } from './login.errors.js';
import { LoginService } from './login.service.js';
import { isWrong, SignInAttempts } from './sign-in-attempts.service.js';

@ApiTags('Sign-in')
@Controller('v1/auth')
export class LoginController {
  constructor(
    private readonly login: LoginService,
    private readonly carrier: LoginCarrier,
    private readonly attempts: SignInAttempts,
  ) {}

  @Post('login')
  @HttpCode(200)
  @Public()
  @UseGuards(PasswordLoginGuard, LocalGuard)
  @ApiOperation({
    operationId: 'login',
    summary: 'Sign in with e-mail and password',
    description:
      'Answers with an access token that lives for minutes and a refresh token, or sets a cookie; the session behind them lives for weeks. A session that the browser had before ends.',
  })
  @ApiLoginAnswer(
    'Signed in, or `two_factor_required`: go on with `POST /v1/auth/login/two-factor`.',
  )
  @Fails(
    PasswordLoginOff,
    InvalidCredentials,
    EmailNotVerified,
    AccountLeft,
    TooManyAttempts,
    HashQueueFull,
    CsrfFailed,
  )
  async signIn(
    @Body() body: LoginDto,
    @Req() request: FastifyRequest & { provenUser: User; attempt: Attempt },
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<LoginAnswer> {
    const { provenUser: user, attempt } = request;
    const deviceToken = this.attempts.deviceToken(body, request.headers);
    const login = { user, methods: ['pwd'], device: deviceOf(request, body), deviceToken };
    const outcome = await during(attempt, isWrong, () => this.login.proceed(login));
    // A right password alone fills no budget again: whoever has it may be guessing at the second factor.
    await (outcome.status === 'two_factor_required' ? attempt.takeBack() : attempt.succeeded());
    return this.carrier.carry(outcome, body, request, reply);
  }
}
