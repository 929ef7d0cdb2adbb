import { Body, Controller, HttpCode, Post, Req, Res, UseGuards } from '@nestjs/common';
import { ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { LoginRequired } from '../../access/access.decorators.js';
import { InvalidToken } from '../../access/access.errors.js';
import { CurrentPrincipal, type Principal } from '../../access/principal.js';
import { Fails } from '../../common/api-docs.js';
import { abandoned } from '../../common/http/abandoned.js';
import { callerOf } from '../../common/http/caller.js';
import { PasswordLoginGuard } from '../../passwords/password-login.guard.js';
import {
  BreachCheckUnavailable,
  HashQueueFull,
  TooManyLookups,
  PasswordLoginOff,
} from '../../passwords/passwords.errors.js';
import { TooManyAttempts } from '../../rate-limits/rate-limits.errors.js';
import { SessionCookiesService } from '../../sessions/session-cookies.service.js';
import type { RenewedCookie } from '../../sessions/sessions.service.js';
import { PasswordExists } from '../account.errors.js';
import { PasswordChangeService } from './password-change.service.js';
import { ChangePasswordDto, SetPasswordDto } from './password.dto.js';

@ApiTags('Passwords')
@Controller('v1/auth/password')
export class PasswordChangeController {
  constructor(
    private readonly passwords: PasswordChangeService,
    private readonly cookies: SessionCookiesService,
  ) {}

  @Post('change')
  @UseGuards(PasswordLoginGuard)
  @HttpCode(204)
  @LoginRequired()
  @ApiOperation({
    operationId: 'changePassword',
    summary: 'Replace my password',
    description:
      'Ends every other session of mine. A wrong current password is `validation_failed` at `currentPassword`. A session cookie is replaced by a fresh one, and the CSRF token with it.',
  })
  @ApiNoContentResponse({ description: 'The new password is in force.' })
  @Fails(
    PasswordLoginOff,
    InvalidToken,
    TooManyAttempts,
    HashQueueFull,
    BreachCheckUnavailable,
    TooManyLookups,
  )
  async change(
    @CurrentPrincipal() principal: Principal,
    @Body() body: ChangePasswordDto,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    const signal = abandoned(reply.raw);
    const renewed = await this.passwords.change(principal, body, callerOf(request), signal);
    this.carryOn(reply, renewed);
  }

  @Post('set')
  @UseGuards(PasswordLoginGuard)
  @HttpCode(204)
  @LoginRequired({ recent: true })
  @ApiOperation({
    operationId: 'setPassword',
    summary: 'Give myself a first password',
    description:
      'For those who came by a provider and have none. Ends every other session of mine; a session cookie is replaced by a fresh one, and the CSRF token with it.',
  })
  @ApiNoContentResponse({ description: 'The password is in force.' })
  @Fails(
    PasswordLoginOff,
    PasswordExists,
    InvalidToken,
    HashQueueFull,
    BreachCheckUnavailable,
    TooManyLookups,
  )
  async set(
    @CurrentPrincipal() principal: Principal,
    @Body() { newPassword }: SetPasswordDto,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    const signal = abandoned(reply.raw);
    const renewed = await this.passwords.set(principal, newPassword, callerOf(request), signal);
    this.carryOn(reply, renewed);
  }

  private carryOn(reply: FastifyReply, renewed: RenewedCookie | undefined): void {
    if (renewed) this.cookies.set(reply, renewed.secret, renewed.expiresAt);
  }
}
