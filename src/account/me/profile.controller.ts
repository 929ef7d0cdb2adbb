import { Body, Controller, Get, Patch, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { LoginRequired } from '../../access/access.decorators.js';
import { CurrentPrincipal, type Principal, type PrincipalRequest } from '../../access/principal.js';
import { Fails } from '../../common/api-docs.js';
import { NotFound } from '../../common/failures.js';
import { KnownUsersService } from '../../users/known-users.service.js';
import { ProfileDto, UserDto } from '../../users/user.dto.js';
import { UsersService } from '../../users/users.service.js';

@ApiTags('The signed-in user')
@LoginRequired()
@Controller('v1/users/me')
export class ProfileController {
  constructor(
    private readonly users: UsersService,
    private readonly known: KnownUsersService,
  ) {}

  @Get()
  @LoginRequired({ enrollment: true, apiKeys: true })
  @ApiOperation({
    operationId: 'getMe',
    summary: 'Who am I?',
    description: 'The user whose credential was shown.',
  })
  @ApiOkResponse({ description: 'You.', type: UserDto })
  @Fails(NotFound)
  read(@Req() { principal: { user } }: PrincipalRequest): UserDto | Promise<UserDto> {
    return this.known.peekProfile(user.id) ?? this.find(user.id);
  }

  private async find(id: string): Promise<UserDto> {
    const profile = await this.known.findProfile(id);
    if (profile === undefined) throw new NotFound();
    return profile;
  }

  @Patch()
  @ApiOperation({
    operationId: 'updateMe',
    summary: 'Change my profile',
    description: 'Fields that are left out stay; null clears those that may be null.',
  })
  @ApiOkResponse({ description: 'You, as you are now.', type: UserDto })
  @Fails(NotFound)
  async update(
    @CurrentPrincipal() { user }: Principal,
    @Body() profile: ProfileDto,
  ): Promise<UserDto> {
    return UserDto.of(await this.users.updateProfile(user.id, profile));
  }
}
