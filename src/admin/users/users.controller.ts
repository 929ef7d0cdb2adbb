import { Body, Controller, Get, HttpCode, Param, Patch, Post, Query, Req } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiCreatedResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import {
  LoginRequired,
  RequireObjectPermission,
  RequirePermission,
} from '../../access/access.decorators.js';
import { CurrentPrincipal, type Principal } from '../../access/principal.js';
import { ReauthenticationRequired } from '../../auth/auth.errors.js';
import { Fails } from '../../common/api-docs.js';
import { callerOf } from '../../common/http/caller.js';
import { BeyondOwnRights } from '../../permissions/permissions.errors.js';
import { TooManyAttempts } from '../../rate-limits/rate-limits.errors.js';
import { EmailTaken, LastSuperuser } from '../../users/users.errors.js';
import { userPermissions } from '../../users/users.permissions.js';
import { UsersService } from '../../users/users.service.js';
import { UserNotActive } from '../admin.errors.js';
import { InvitationsService } from './invitations.service.js';
import {
  LinkSentDto,
  ManagedUserDto,
  ManagedUserPageDto,
  NewUserDto,
  UserChangesDto,
} from './managed-user.dto.js';
import { ResetLinksService } from './reset-links.service.js';
import { UserChangesService } from './user-changes.service.js';
import { UserDirectoryService } from './user-directory.service.js';
import { UsersQuery } from './users-query.dto.js';

@ApiTags('Users')
@Controller('v1/users')
export class UsersController {
  constructor(
    private readonly directory: UserDirectoryService,
    private readonly users: UsersService,
    private readonly invitations: InvitationsService,
    private readonly changes: UserChangesService,
    private readonly links: ResetLinksService,
  ) {}

  @Get()
  @LoginRequired()
  @ApiOperation({
    operationId: 'listUsers',
    summary: 'Which users may I view?',
    description:
      'All of them with `users.view_user`, else those on whom it was granted; without any the list is empty.',
  })
  @ApiOkResponse({ description: 'The users.', type: ManagedUserPageDto })
  async list(
    @CurrentPrincipal() principal: Principal,
    @Query() query: UsersQuery,
  ): Promise<ManagedUserPageDto> {
    const { items, nextCursor } = await this.directory.find(principal, query);
    return { items: items.map(ManagedUserDto.of), nextCursor };
  }

  @Get(':id')
  @RequireObjectPermission(userPermissions.view, { apiKeys: false })
  @ApiOperation({
    operationId: 'getUser',
    summary: 'Read a user',
    description: 'Needs `users.view_user`, on all users or on this one.',
  })
  @ApiOkResponse({ description: 'The user.', type: ManagedUserDto })
  async read(@Param('id') id: string): Promise<ManagedUserDto> {
    return ManagedUserDto.of(await this.users.get(id));
  }

  @Post()
  @RequirePermission(userPermissions.add, { apiKeys: false })
  @ApiOperation({
    operationId: 'inviteUser',
    summary: 'Make an account for somebody',
    description:
      'Mails her a link to choose a password with, which nobody else is shown. Whoever registered the address before and never proved it is replaced.',
  })
  @ApiCreatedResponse({ description: 'The account; the link is on its way.', type: ManagedUserDto })
  @Fails(EmailTaken)
  async invite(
    @CurrentPrincipal() principal: Principal,
    @Body() given: NewUserDto,
    @Req() request: FastifyRequest,
  ): Promise<ManagedUserDto> {
    return ManagedUserDto.of(await this.invitations.invite(principal, given, callerOf(request)));
  }

  @Patch(':id')
  @RequireObjectPermission(userPermissions.change, { apiKeys: false })
  @ApiOperation({
    operationId: 'updateUser',
    summary: 'Change a user',
    description:
      'Only of somebody who holds nothing that you do not. Nobody changes `isActive`, `isStaff` or `isSuperuser` of herself; the last two need a fresh proof. Instead of deleting an account, deactivate it.',
  })
  @ApiOkResponse({ description: 'The user, as she is now.', type: ManagedUserDto })
  @Fails(BeyondOwnRights, ReauthenticationRequired, LastSuperuser)
  async change(
    @CurrentPrincipal() principal: Principal,
    @Param('id') id: string,
    @Body() changes: UserChangesDto,
    @Req() request: FastifyRequest,
  ): Promise<ManagedUserDto> {
    await this.changes.change(principal, id, changes, callerOf(request));
    return ManagedUserDto.of(await this.users.get(id));
  }

  @Post(':id/password-reset')
  @HttpCode(202)
  @RequireObjectPermission(userPermissions.change, { apiKeys: false })
  @ApiOperation({
    operationId: 'sendPasswordReset',
    summary: 'Mail a user a link to choose a password with',
    description:
      'To her address and to nobody else. Until she uses it her password stays. Whoever never was in an account that was made for her gets the invitation again.',
  })
  @ApiAcceptedResponse({ description: 'The link is on its way.', type: LinkSentDto })
  @Fails(BeyondOwnRights, UserNotActive, TooManyAttempts)
  async sendLink(
    @CurrentPrincipal() principal: Principal,
    @Param('id') id: string,
    @Req() request: FastifyRequest,
  ): Promise<LinkSentDto> {
    await this.links.send(principal, id, callerOf(request));
    return { status: 'link_sent' };
  }
}
