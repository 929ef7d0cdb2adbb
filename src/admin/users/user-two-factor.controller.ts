import { Body, Controller, Delete, Get, HttpCode, Param, Post, Req } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { RequireObjectPermission } from '../../access/access.decorators.js';
import { CurrentPrincipal, type Principal } from '../../access/principal.js';
import { Fails } from '../../common/api-docs.js';
import { callerOf } from '../../common/http/caller.js';
import { BeyondOwnRights } from '../../permissions/permissions.errors.js';
import { TooManyAttempts } from '../../rate-limits/rate-limits.errors.js';
import { FactorList } from '../../two-factor/factor-list.service.js';
import { RecoveryCodesService } from '../../two-factor/recovery-codes/recovery-codes.service.js';
import { TwoFactorResets } from '../../two-factor/two-factor-resets.service.js';
import { userPermissions } from '../../users/users.permissions.js';
import { UsersService } from '../../users/users.service.js';
import { NothingToReset, ResetPending, UserNotActive } from '../admin.errors.js';
import { FactorResetsService } from './factor-resets.service.js';
import {
  FactorResetDto,
  FactorResetRequestedDto,
  PendingFactorResetDto,
  UserFactorDto,
  UserTwoFactorDto,
} from './user-two-factor.dto.js';

@ApiTags('Users')
@RequireObjectPermission(userPermissions.reset_two_factor, { apiKeys: false })
@Controller('v1/users/:id/two-factor')
export class UserTwoFactorController {
  constructor(
    private readonly users: UsersService,
    private readonly factors: FactorList,
    private readonly codes: RecoveryCodesService,
    private readonly pending: TwoFactorResets,
    private readonly resets: FactorResetsService,
  ) {}

  @Get()
  @RequireObjectPermission(userPermissions.view, { apiKeys: false })
  @ApiOperation({
    operationId: 'getUserTwoFactor',
    summary: 'Which second factors has a user?',
    description: 'Kinds and times, and nothing of what proves them. Needs `users.view_user`.',
  })
  @ApiOkResponse({ description: 'What she has.', type: UserTwoFactorDto })
  async read(@Param('id') id: string): Promise<UserTwoFactorDto> {
    const user = await this.users.get(id);
    const pending = await this.pending.pending(user.id);
    return {
      factors: (await this.factors.of(user.id)).map(UserFactorDto.of),
      recoveryCodesLeft: await this.codes.left(user.id),
      pendingReset: pending === undefined ? null : PendingFactorResetDto.of(pending),
    };
  }

  @Post('reset')
  @HttpCode(202)
  @RequireObjectPermission(userPermissions.reset_two_factor, {
    recent: 'strongest',
    apiKeys: false,
  })
  @ApiOperation({
    operationId: 'requestUserTwoFactorReset',
    summary: 'Take the second factors of a user away, in some days',
    description:
      'For somebody who lost all of them, and who was recognised in another way. She is told at once and can stop it, as can whoever shows one of the factors; after `TWO_FACTOR_RESET_DELAY` all factors and recovery codes are gone and every session ends. Her password stays. Nothing happens if her address or state changes before, or if the asker might not ask for it any more. Needs `users.reset_two_factor_user`, authority over her, and a proof by the asker’s own second factor.',
  })
  @ApiAcceptedResponse({ description: 'It will happen.', type: FactorResetRequestedDto })
  @Fails(BeyondOwnRights, UserNotActive, NothingToReset, ResetPending, TooManyAttempts)
  async request(
    @CurrentPrincipal() principal: Principal,
    @Param('id') id: string,
    @Body() { reason }: FactorResetDto,
    @Req() request: FastifyRequest,
  ): Promise<FactorResetRequestedDto> {
    const dueAt = await this.resets.request(principal, id, reason, callerOf(request));
    return { dueAt: dueAt.toISOString() };
  }

  @Delete('reset')
  @HttpCode(204)
  @ApiOperation({
    operationId: 'stopUserTwoFactorReset',
    summary: 'Let a user keep her second factors',
    description: 'Stops a reset that waits, whoever asked for it.',
  })
  @ApiNoContentResponse({ description: 'They stay.' })
  @Fails(BeyondOwnRights)
  async stop(
    @CurrentPrincipal() principal: Principal,
    @Param('id') id: string,
    @Req() request: FastifyRequest,
  ): Promise<void> {
    await this.resets.stop(principal, id, callerOf(request));
  }
}
