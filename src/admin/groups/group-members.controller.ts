import { Body, Controller, Delete, Get, HttpCode, Param, Put, Query, Req } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequireObjectPermission } from '../../access/access.decorators.js';
import {
  type AuthenticatedRequest,
  MaybePrincipal,
  type Principal,
} from '../../access/principal.js';
import { Fails } from '../../common/api-docs.js';
import { Clock } from '../../common/clock.js';
import { NotFound } from '../../common/failures.js';
import { IdPipe } from '../../common/id.pipe.js';
import { PageQuery } from '../../common/paging.js';
import { ExpiryDto, expiryOf } from '../../permissions/expiry.js';
import { groupPermissions } from '../../permissions/holding/group.entity.js';
import { GroupsService } from '../../permissions/holding/groups.service.js';
import {
  AnonymousGroupFixed,
  BeyondOwnRights,
  SubjectInactive,
} from '../../permissions/permissions.errors.js';
import { errandOf } from '../errand.js';
import { MemberPageDto } from './belonging.dto.js';
import { BelongingsService } from './belongings.service.js';
import { Memberships } from './memberships.service.js';

@ApiTags('Groups')
@Controller('v1/groups/:id/members')
export class GroupMembersController {
  constructor(
    private readonly groups: GroupsService,
    private readonly belongings: BelongingsService,
    private readonly memberships: Memberships,
    private readonly clock: Clock,
  ) {}

  @Get()
  @RequireObjectPermission(groupPermissions.view)
  @ApiOperation({
    operationId: 'listMembers',
    summary: 'Who is in the group',
    description:
      'Directly; the members of groups that it contains are those of `GET /v1/groups/{id}/groups`. Names and addresses are shown of the users whom you may view.',
  })
  @ApiOkResponse({ description: 'The members.', type: MemberPageDto })
  @Fails(NotFound)
  async list(
    @MaybePrincipal() asker: Principal | undefined,
    @Param('id', IdPipe) id: string,
    @Query() page: PageQuery,
  ): Promise<MemberPageDto> {
    await this.groups.get(id);
    return this.belongings.members(asker, id, page);
  }

  @Put(':userId')
  @HttpCode(204)
  @RequireObjectPermission(groupPermissions.change, { recent: true })
  @ApiOperation({
    operationId: 'addMember',
    summary: 'Put a user into the group',
    description:
      'Needs `permissions.change_group`, on all groups or on this one, `users.view_user` on the user, and all that being in the group gives. Doing it again changes the expiry.',
  })
  @ApiNoContentResponse({ description: 'The user is in the group.' })
  @Fails(NotFound, SubjectInactive, BeyondOwnRights, AnonymousGroupFixed)
  async add(
    @Req() request: AuthenticatedRequest,
    @Param('id', IdPipe) groupId: string,
    @Param('userId', IdPipe) userId: string,
    @Body() body: ExpiryDto,
  ): Promise<void> {
    const expiresAt = expiryOf(body, this.clock);
    await this.memberships.add(errandOf(request), { groupId, userId }, expiresAt);
  }

  @Delete(':userId')
  @HttpCode(204)
  @RequireObjectPermission(groupPermissions.change)
  @ApiOperation({
    operationId: 'removeMember',
    summary: 'Take a user out of the group',
    description:
      'Needs `permissions.change_group`, on all groups or on this one, all that being in the group gives, and that the user does not stand above you.',
  })
  @ApiNoContentResponse({ description: 'The user is not in the group any more.' })
  @Fails(NotFound, BeyondOwnRights)
  async remove(
    @Req() request: AuthenticatedRequest,
    @Param('id', IdPipe) groupId: string,
    @Param('userId', IdPipe) userId: string,
  ): Promise<void> {
    await this.memberships.remove(errandOf(request), { groupId, userId });
  }
}
