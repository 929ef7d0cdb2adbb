import { Body, Controller, HttpCode, Post, Req, Res, UseGuards } from '@nestjs/common';
import { ApiAcceptedResponse, ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../../access/access.decorators.js';
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
import { Limit } from '../../rate-limits/limit.decorator.js';
import { TooManyAttempts } from '../../rate-limits/rate-limits.errors.js';
import { TokenInvalid } from '../account.errors.js';
import { EmailDto } from '../registration/registration.dto.js';
import { ForgottenPasswordService } from './forgotten-password.service.js';
import { PasswordResetService } from './password-reset.service.js';
import { ResetPasswordDto, ResetSentDto, ResetTokenDto } from './password.dto.js';

@ApiTags('Passwords')
@Public()
@Controller('v1/auth/password')
export class PasswordResetController {
  constructor(
    private readonly forgotten: ForgottenPasswordService,
    private readonly resets: PasswordResetService,
  ) {}

  @Post('forgot')
  @UseGuards(PasswordLoginGuard)
  @HttpCode(202)
  @Limit('forgot-password')
  @ApiOperation({
    operationId: 'forgotPassword',
    summary: 'Ask for a link to choose another password with',
    description:
      'Always 202: nobody learns from it whether there is such an account. A new link takes the place of the earlier one.',
  })
  @ApiAcceptedResponse({
    description: 'If an active account has this address, a link is on its way.',
    type: ResetSentDto,
  })
  @Fails(PasswordLoginOff, TooManyAttempts)
  async forgot(@Body() { email }: EmailDto, @Req() request: FastifyRequest): Promise<ResetSentDto> {
    await this.forgotten.ask(email, callerOf(request));
    return { status: 'reset_sent' };
  }

  @Post('reset/check')
  @UseGuards(PasswordLoginGuard)
  @HttpCode(204)
  @Limit('reset-password')
  @ApiOperation({
    operationId: 'checkPasswordReset',
    summary: 'Ask whether a reset link would still work',
    description: 'Spends nothing, so that a form can say early that another link is needed.',
  })
  @ApiNoContentResponse({ description: 'It would, now.' })
  @Fails(PasswordLoginOff, TokenInvalid, TooManyAttempts)
  async check(@Body() { token }: ResetTokenDto): Promise<void> {
    await this.resets.check(token);
  }

  @Post('reset')
  @UseGuards(PasswordLoginGuard)
  @HttpCode(204)
  @Limit('reset-password')
  @ApiOperation({
    operationId: 'resetPassword',
    summary: 'Choose another password with the token that was mailed',
    description:
      'Ends every session of the account and proves its address. It signs nobody in and asks no less of the next sign-in than before. The token is spent only if the password is accepted.',
  })
  @ApiNoContentResponse({ description: 'The new password is in force; sign in.' })
  @Fails(
    PasswordLoginOff,
    TokenInvalid,
    TooManyAttempts,
    HashQueueFull,
    BreachCheckUnavailable,
    TooManyLookups,
  )
  async reset(
    @Body() { token, newPassword }: ResetPasswordDto,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    const caller = callerOf(request);
    await this.resets.reset(token, newPassword, caller, abandoned(reply.raw));
  }
}
