import { Controller, Delete, Get, HttpCode, Param, Query, Req } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { validate as isUuid } from 'uuid';
import { LoginRequired } from '../../access/access.decorators.js';
import { CurrentPrincipal, type Principal } from '../../access/principal.js';
import { Fails } from '../../common/api-docs.js';
import { NotFound } from '../../common/failures.js';
import { callerOf } from '../../common/http/caller.js';
import { PageQuery } from '../../common/paging.js';
import { SessionListService } from '../../sessions/session-list.service.js';
import { SessionsService } from '../../sessions/sessions.service.js';
import { SessionDto, SessionPageDto } from './my-sessions.dto.js';

@ApiTags('The signed-in user')
@LoginRequired()
@Controller('v1/users/me/sessions')
export class MySessionsController {
  constructor(
    private readonly list: SessionListService,
    private readonly sessions: SessionsService,
  ) {}

  @Get()
  @ApiOperation({
    operationId: 'listMySessions',
    summary: 'Where am I signed in?',
    description: 'One session for each sign-in that lives, whatever carries it.',
  })
  @ApiOkResponse({ description: 'The devices.', type: SessionPageDto })
  async read(
    @CurrentPrincipal() { user, sessionId }: Principal,
    @Query() page: PageQuery,
  ): Promise<SessionPageDto> {
    const { items, nextCursor } = await this.list.of(user.id, page);
    return { items: items.map((view) => SessionDto.of(view, sessionId)), nextCursor };
  }

  @Delete()
  @HttpCode(204)
  @ApiOperation({
    operationId: 'endMyOtherSessions',
    summary: 'Sign out everywhere but here',
    description: 'Ends every other session of mine.',
  })
  @ApiNoContentResponse({ description: 'Only this one is left.' })
  async endOthers(
    @CurrentPrincipal() { user, sessionId }: Principal,
    @Req() request: FastifyRequest,
  ): Promise<void> {
    const caller = callerOf(request);
    const whose = { userId: user.id, caller, ...(sessionId !== undefined && { sessionId }) };
    await this.sessions.endFor('other_devices_ended', whose);
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({
    operationId: 'endMySession',
    summary: 'Sign out on one device',
    description: 'Ends this session of mine, which may be the one that asks.',
  })
  @ApiNoContentResponse({ description: 'It has ended.' })
  @Fails(NotFound)
  async end(
    @CurrentPrincipal() { user }: Principal,
    @Param('id') id: string,
    @Req() request: FastifyRequest,
  ): Promise<void> {
    const whose = { userId: user.id, sessionId: id, caller: callerOf(request) };
    const ended = isUuid(id) ? await this.sessions.endFor('device_ended', whose) : 0;
    if (ended === 0) throw new NotFound();
  }
}
