import { Body, Controller, Get, Patch } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { LoginRequired } from '../access/access.decorators.js';
import { CurrentPrincipal, type Principal } from '../access/principal.js';
import { NotFound } from '../common/failures.js';
import { ProfileDto, UserDto } from '../users/user.dto.js';
import { UsersService } from '../users/users.service.js';

@ApiTags('The signed-in user')
@LoginRequired()
@Controller('v1/users/me')
export class ProfileController {
  constructor(private readonly users: UsersService) {}

  @Get()
  @ApiOperation({ operationId: 'getMe', summary: 'Who am I?' })
  @ApiOkResponse({ type: UserDto })
  async read(@CurrentPrincipal() { user }: Principal): Promise<UserDto> {
    const found = await this.users.findById(user.id);
    if (found === undefined) throw new NotFound();
    return UserDto.of(found);
  }

  @Patch()
  @ApiOperation({
    operationId: 'updateMe',
    summary: 'Change my profile',
    description: 'Fields that are left out stay; null clears those that may be null.',
  })
  @ApiOkResponse({ type: UserDto })
  async update(
    @CurrentPrincipal() { user }: Principal,
    @Body() profile: ProfileDto,
  ): Promise<UserDto> {
    const updated = await this.users.updateProfile(user.id, profile);
    if (updated === undefined) throw new NotFound();
    return UserDto.of(updated);
  }
}
