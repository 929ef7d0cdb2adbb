import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Param,
  Patch,
  Post,
  Query,
  Req,
} from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import {
  LoginRequired,
  RequireObjectPermission,
  RequirePermission,
} from '../../access/access.decorators.js';
import {
  type AuthenticatedRequest,
  MaybePrincipal,
  type Principal,
} from '../../access/principal.js';
import { ReauthenticationRequired } from '../../auth/auth.errors.js';
import { TwoFactorProofs } from '../../auth/two-factor-proofs.service.js';
import { Fails } from '../../common/api-docs.js';
import { NotFound } from '../../common/failures.js';
import { IdPipe } from '../../common/id.pipe.js';
import { groupPermissions } from '../../permissions/holding/group.entity.js';
import { GroupsService } from '../../permissions/holding/groups.service.js';
import {
  AnonymousGroupFixed,
  BeyondOwnRights,
  GroupNameTaken,
} from '../../permissions/permissions.errors.js';
import { errandOf } from '../errand.js';
import { GroupChangesDto, GroupDto, GroupPageDto, GroupQuery, NewGroupDto } from './group.dto.js';
import { GroupsOffice } from './groups-office.service.js';

@ApiTags('Groups')
@Controller('v1/groups')
export class GroupsController {
  constructor(
    private readonly office: GroupsOffice,
    private readonly groups: GroupsService,
    private readonly proofs: TwoFactorProofs,
  ) {}

  @Get()
  @LoginRequired({ anonymous: true, apiKeys: true })
  @ApiOperation({
    operationId: 'listGroups',
    summary: 'The groups that I may view',
    description:
      'All of them with the permission `permissions.view_group`, else those on which it was granted.',
  })
  @ApiOkResponse({ description: 'The groups.', type: GroupPageDto })
  async list(
    @MaybePrincipal() asker: Principal | undefined,
    @Query() query: GroupQuery,
  ): Promise<GroupPageDto> {
    const { items, nextCursor } = await this.office.list(asker, query);
    return { items: items.map(GroupDto.of), nextCursor };
  }

  @Post()
  @RequirePermission(groupPermissions.add)
  @ApiOperation({
    operationId: 'addGroup',
    summary: 'Make a group',
    description:
      'Needs the permission `permissions.add_group`. It holds nothing, and nobody is in it.',
  })
  @ApiCreatedResponse({ description: 'Made.', type: GroupDto })
  @Fails(GroupNameTaken)
  async create(
    @Req() request: AuthenticatedRequest,
    @Body() given: NewGroupDto,
  ): Promise<GroupDto> {
    return GroupDto.of(await this.office.create(errandOf(request), given));
  }

  @Get(':id')
  @RequireObjectPermission(groupPermissions.view)
  @ApiOperation({
    operationId: 'getGroup',
    summary: 'A group',
    description: 'Needs `permissions.view_group`, on all groups or on this one.',
  })
  @ApiOkResponse({ description: 'The group.', type: GroupDto })
  @Fails(NotFound)
  async read(@Param('id', IdPipe) id: string): Promise<GroupDto> {
    return GroupDto.of(await this.groups.get(id));
  }

  @Patch(':id')
  @RequireObjectPermission(groupPermissions.change)
  @ApiOperation({
    operationId: 'changeGroup',
    summary: 'Rename a group, say what it is for, or demand second factors',
    description:
      'Needs `permissions.change_group`, on all groups or on this one, and all that the group gives; for `requiresTwoFactor` also a second factor, proved not long ago. Fields that are left out stay.',
  })
  @ApiOkResponse({ description: 'The group as it is now.', type: GroupDto })
  @Fails(NotFound, BeyondOwnRights, AnonymousGroupFixed, GroupNameTaken, ReauthenticationRequired)
  async change(
    @Req() request: AuthenticatedRequest,
    @Param('id', IdPipe) id: string,
    @Body() changes: GroupChangesDto,
  ): Promise<GroupDto> {
    // Whoever demands it of others has one, so that nobody shuts out himself, and no stolen password lowers it.
    if (changes.requiresTwoFactor !== undefined) {
      await this.proofs.demand(request.principal, { recent: true });
    }
    return GroupDto.of(await this.office.change(errandOf(request), id, changes));
  }

  @Delete(':id')
  @HttpCode(204)
  @RequireObjectPermission(groupPermissions.delete)
  @ApiOperation({
    operationId: 'deleteGroup',
    summary: 'Delete a group',
    description:
      'Needs `permissions.delete_group`, on all groups or on this one, and all that the group gives. What its members had through it they have no longer.',
  })
  @ApiNoContentResponse({ description: 'It is gone.' })
  @Fails(NotFound, BeyondOwnRights, AnonymousGroupFixed)
  async remove(
    @Req() request: AuthenticatedRequest,
    @Param('id', IdPipe) id: string,
  ): Promise<void> {
    await this.office.remove(errandOf(request), id);
  }
}
