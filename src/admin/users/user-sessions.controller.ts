import { Controller, Delete, Get, HttpCode, Param, Query, Req } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { RequireObjectPermission } from '../../access/access.decorators.js';
import { CurrentPrincipal, type Principal } from '../../access/principal.js';
import { SessionDto, SessionPageDto } from '../../account/me/my-sessions.dto.js';
import { Fails } from '../../common/api-docs.js';
import { callerOf } from '../../common/http/caller.js';
import { PageQuery } from '../../common/paging.js';
import { BeyondOwnRights } from '../../permissions/permissions.errors.js';
import { SessionListService } from '../../sessions/session-list.service.js';
import { userPermissions } from '../../users/users.permissions.js';
import { UsersService } from '../../users/users.service.js';
import { UserSessionsService } from './user-sessions.service.js';

/** Where somebody is signed in tells where she is: it is for those who may do something about it. */
@ApiTags('Users')
@RequireObjectPermission(userPermissions.change, { apiKeys: false })
@Controller('v1/users/:id/sessions')
export class UserSessionsController {
  constructor(
    private readonly users: UsersService,
    private readonly list: SessionListService,
    private readonly endings: UserSessionsService,
  ) {}

  @Get()
  @ApiOperation({
    operationId: 'listUserSessions',
    summary: 'Where is a user signed in?',
    description: 'One session for each sign-in that lives. Needs `users.change_user`.',
  })
  @ApiOkResponse({ description: 'The devices.', type: SessionPageDto })
  async read(
    @CurrentPrincipal() { sessionId }: Principal,
    @Param('id') id: string,
    @Query() page: PageQuery,
  ): Promise<SessionPageDto> {
    const user = await this.users.get(id);
    const { items, nextCursor } = await this.list.of(user.id, page);
    return { items: items.map((view) => SessionDto.of(view, sessionId)), nextCursor };
  }

  @Delete()
  @HttpCode(204)
  @ApiOperation({
    operationId: 'endUserSessions',
    summary: 'Sign a user out everywhere',
    description: 'Every session ends at once, on every node. She may sign in again.',
  })
  @ApiNoContentResponse({ description: 'None is left.' })
  @Fails(BeyondOwnRights)
  async endAll(
    @CurrentPrincipal() principal: Principal,
    @Param('id') id: string,
    @Req() request: FastifyRequest,
  ): Promise<void> {
    await this.endings.endAll(principal, id, callerOf(request));
  }

  @Delete(':sessionId')
  @HttpCode(204)
  @ApiOperation({
    operationId: 'endUserSession',
    summary: 'Sign a user out on one device',
    description: 'Ends this session, if it is one of hers.',
  })
  @ApiNoContentResponse({ description: 'It has ended.' })
  @Fails(BeyondOwnRights)
  async end(
    @CurrentPrincipal() principal: Principal,
    @Param('id') id: string,
    @Param('sessionId') sessionId: string,
    @Req() request: FastifyRequest,
  ): Promise<void> {
    await this.endings.end(principal, { userId: id, sessionId }, callerOf(request));
  }
}
