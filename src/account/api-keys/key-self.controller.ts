import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { LoginRequired } from '../../access/access.decorators.js';
import { CurrentPrincipal, type Principal } from '../../access/principal.js';
import { Fails } from '../../common/api-docs.js';
import { KeySelfDto } from './key-self.dto.js';
import { ApiKeyRequired } from './key-self.errors.js';
import { KeySelf } from './key-self.service.js';

@ApiTags('API keys')
@LoginRequired({ apiKeys: true })
@Controller('v1/api-keys/self')
export class KeySelfController {
  constructor(private readonly self: KeySelf) {}

  @Get()
  @ApiOperation({
    operationId: 'getApiKeySelf',
    summary: 'Which API key am I?',
    description:
      'For programs that look after themselves: until when the key is good, what for, and whether it has a successor. Every key may ask, whatever its scopes; who shows something else than a key is refused.',
  })
  @ApiOkResponse({ description: 'The key that was shown.', type: KeySelfDto })
  @Fails(ApiKeyRequired)
  async read(@CurrentPrincipal() principal: Principal): Promise<KeySelfDto> {
    return KeySelfDto.of(await this.self.of(principal));
  }
}
