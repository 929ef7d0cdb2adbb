import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Public } from '../access/access.decorators.js';
import { Fails } from '../common/api-docs.js';
import { Limit } from '../rate-limits/limit.decorator.js';
import { TooManyAttempts } from '../rate-limits/rate-limits.errors.js';
import { PasskeyAssertions } from '../two-factor/passkeys/passkey-assertions.service.js';
import { PasskeyRequestDto } from '../two-factor/passkeys/passkey.dto.js';
import { NoPasskey } from '../two-factor/passkeys/passkeys.errors.js';
import { ChallengeExpired } from './login.errors.js';
import { ChallengeDto } from './two-factor-login.dto.js';
import { TwoFactorLoginService } from './two-factor-login.service.js';

@ApiTags('Sign-in')
@Controller('v1/auth/login/two-factor')
export class PasskeyFactorController {
  constructor(
    private readonly service: TwoFactorLoginService,
    private readonly assertions: PasskeyAssertions,
  ) {}

  @Post('passkey-options')
  @HttpCode(200)
  @Public()
  @Limit('passkey-factor-options')
  @ApiOperation({
    operationId: 'getPasskeyFactorOptions',
    summary: 'Begin to show a passkey as second factor',
    description:
      'Names the passkeys of the account, to whoever knows its password. Send what the authenticator answers to `POST /v1/auth/login/two-factor` with `method: "passkey"`.',
  })
  @ApiOkResponse({ description: 'What to ask of the authenticator.', type: PasskeyRequestDto })
  @Fails(ChallengeExpired, NoPasskey, TooManyAttempts)
  async options(@Body() { challengeToken }: ChallengeDto): Promise<PasskeyRequestDto> {
    const { id: within, user } = await this.service.find(challengeToken);
    return this.assertions.options({ purpose: 'second_factor', userId: user.id, within });
  }
}
