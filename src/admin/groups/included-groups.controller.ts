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
  GroupsInCircle,
} from '../../permissions/permissions.errors.js';
import { errandOf } from '../errand.js';
import { IncludedGroupPageDto } from './belonging.dto.js';
import { BelongingsService } from './belongings.service.js';
import { Inclusions } from './inclusions.service.js';

@ApiTags('Groups')
@Controller('v1/groups/:id/groups')
export class IncludedGroupsController {
  constructor(
    private readonly groups: GroupsService,
    private readonly belongings: BelongingsService,
    private readonly inclusions: Inclusions,
    private readonly clock: Clock,
  ) {}

  @Get()
  @RequireObjectPermission(groupPermissions.view)
  @ApiOperation({
    operationId: 'listIncludedGroups',
    summary: 'The groups that the group contains',
    description:
      'Directly. Their members are its members, too. Names are shown of the groups that you may view.',
  })
  @ApiOkResponse({ description: 'The groups.', type: IncludedGroupPageDto })
  @Fails(NotFound)
  async list(
    @MaybePrincipal() asker: Principal | undefined,
    @Param('id', IdPipe) id: string,
    @Query() page: PageQuery,
  ): Promise<IncludedGroupPageDto> {
    await this.groups.get(id);
    return this.belongings.included(asker, id, page);
  }

  @Put(':includedId')
  @HttpCode(204)
  @RequireObjectPermission(groupPermissions.change, { recent: true })
  @ApiOperation({
    operationId: 'includeGroup',
    summary: 'Put a group into the group',
    description:
      'The members of the one are members of the other from then on. Needs `permissions.change_group`, on all groups or on this one, `permissions.view_group` on the other, and all that being in this one gives. Doing it again changes the expiry.',
  })
  @ApiNoContentResponse({ description: 'The group contains the other.' })
  @Fails(NotFound, BeyondOwnRights, AnonymousGroupFixed, GroupsInCircle)
  async include(
    @Req() request: AuthenticatedRequest,
    @Param('id', IdPipe) groupId: string,
    @Param('includedId', IdPipe) includedId: string,
    @Body() body: ExpiryDto,
  ): Promise<void> {
    const until = expiryOf(body, this.clock);
    await this.inclusions.include(errandOf(request), { groupId, includedId }, until);
  }

  @Delete(':includedId')
  @HttpCode(204)
  @RequireObjectPermission(groupPermissions.change)
  @ApiOperation({
    operationId: 'excludeGroup',
    summary: 'Take a group out of the group',
    description:
      'Needs `permissions.change_group`, on all groups or on this one, and all that being in it gives.',
  })
  @ApiNoContentResponse({ description: 'The group does not contain the other any more.' })
  @Fails(NotFound, BeyondOwnRights)
  async exclude(
    @Req() request: AuthenticatedRequest,
    @Param('id', IdPipe) groupId: string,
    @Param('includedId', IdPipe) includedId: string,
  ): Promise<void> {
    await this.inclusions.exclude(errandOf(request), { groupId, includedId });
  }
}
