import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { LoginRequired } from '../../access/access.decorators.js';
import { CurrentPrincipal, type Principal } from '../../access/principal.js';
import { RightsDto } from './user-permissions.dto.js';
import { UserRightsService } from './user-rights.service.js';

@ApiTags('The signed-in user')
@LoginRequired({ apiKeys: true })
@Controller('v1/users/me/permissions')
export class MyPermissionsController {
  constructor(private readonly rights: UserRightsService) {}

  @Get()
  @ApiOperation({
    operationId: 'getMyPermissions',
    summary: 'What may I do, and why?',
    description:
      'What you hold on all objects of a kind, and from where. For what to show; the server decides anew at every call. To an API key: as much of that as its scopes cover.',
  })
  @ApiOkResponse({ description: 'Your permissions, each with its sources.', type: RightsDto })
  async read(@CurrentPrincipal() principal: Principal): Promise<RightsDto> {
    return RightsDto.of(await this.rights.ofCaller(principal));
  }
}
