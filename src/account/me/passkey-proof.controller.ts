import { Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { LoginRequired } from '../../access/access.decorators.js';
import { InvalidToken } from '../../access/access.errors.js';
import { CurrentPrincipal, type Principal } from '../../access/principal.js';
import { Fails } from '../../common/api-docs.js';
import { PasskeyAssertions } from '../../two-factor/passkeys/passkey-assertions.service.js';
import { PasskeyRequestDto } from '../../two-factor/passkeys/passkey.dto.js';
import { NoPasskey } from '../../two-factor/passkeys/passkeys.errors.js';

@ApiTags('Sign-in')
@Controller('v1/auth/reauthenticate')
export class PasskeyProofController {
  constructor(private readonly assertions: PasskeyAssertions) {}

  @Post('passkey-options')
  @HttpCode(200)
  @LoginRequired({ enrollment: true })
  @ApiOperation({
    operationId: 'getPasskeyProofOptions',
    summary: 'Begin to prove by a passkey that it is me',
    description:
      'Names my passkeys. Send what the authenticator answers to `POST /v1/auth/reauthenticate` as `assertion`, in this session.',
  })
  @ApiOkResponse({ description: 'What to ask of the authenticator.', type: PasskeyRequestDto })
  @Fails(InvalidToken, NoPasskey)
  options(@CurrentPrincipal() { user, sessionId }: Principal): Promise<PasskeyRequestDto> {
    if (sessionId === undefined) throw new InvalidToken();
    const within = { userId: user.id, within: sessionId };
    return this.assertions.options({ purpose: 'reauthentication', ...within });
  }
}
