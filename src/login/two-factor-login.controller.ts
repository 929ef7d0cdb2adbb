import { Body, Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../access/access.decorators.js';
import { CsrfFailed } from '../access/access.errors.js';
import { Fails } from '../common/api-docs.js';
import { Limit } from '../rate-limits/limit.decorator.js';
import { TooManyAttempts } from '../rate-limits/rate-limits.errors.js';
import { InvalidCode } from '../two-factor/two-factor.errors.js';
import { LoginCarrier } from './login-carrier.js';
import { ApiLoginAnswer, type LoginAnswer } from './login.dto.js';
import { AccountLeft, ChallengeExpired, InvalidCredentials } from './login.errors.js';
import { TwoFactorLoginDto } from './two-factor-login.dto.js';
import { TwoFactorLoginService } from './two-factor-login.service.js';

@ApiTags('Sign-in')
@Controller('v1/auth/login')
export class TwoFactorLoginController {
  constructor(
    private readonly service: TwoFactorLoginService,
    private readonly carrier: LoginCarrier,
  ) {}

  @Post('two-factor')
  @HttpCode(200)
  @Public()
  @Limit('two-factor-login')
  @ApiOperation({
    operationId: 'loginTwoFactor',
    summary: 'Complete a sign-in with the second factor',
    description:
      'The session is carried as the first call asked for. A code counts once, whoever shows it first; five tries are for one challenge, and what was guessed wrong counts for the account, however many challenges there are.',
  })
  @ApiLoginAnswer('Signed in.')
  @Fails(
    ChallengeExpired,
    InvalidCode,
    InvalidCredentials,
    AccountLeft,
    TooManyAttempts,
    CsrfFailed,
  )
  async complete(
    @Body() body: TwoFactorLoginDto,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<LoginAnswer> {
    const { carriage } = await this.service.find(body.challengeToken);
    await this.carrier.check(carriage, request.headers);
    const outcome = await this.service.complete(body, request);
    return this.carrier.carry(outcome, carriage, request, reply);
  }
}
