import { Body, Controller, Delete, Get, HttpCode, Post, Req, Res } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { LoginRequired } from '../../access/access.decorators.js';
import { CurrentPrincipal, type Principal } from '../../access/principal.js';
import { Fails } from '../../common/api-docs.js';
import { abandoned } from '../../common/http/abandoned.js';
import { callerOf } from '../../common/http/caller.js';
import { HashQueueFull } from '../../passwords/passwords.errors.js';
import { TooManyAttempts } from '../../rate-limits/rate-limits.errors.js';
import { EmailTaken } from '../../users/users.errors.js';
import { TokenInvalid } from '../account.errors.js';
import { EmailChangeConfirmationService } from './email-change-confirmation.service.js';
import {
  ChangeEmailDto,
  EmailChangeCodeDto,
  EmailChangeDto,
  EmailChangeSentDto,
} from './email-change.dto.js';
import { EmailChangeService } from './email-change.service.js';
import { PendingEmailChangeService } from './pending-email-change.service.js';

@ApiTags('The signed-in user')
@LoginRequired()
@Controller('v1/auth/email/change')
export class EmailChangeController {
  constructor(
    private readonly change: EmailChangeService,
    private readonly pending: PendingEmailChangeService,
    private readonly confirmation: EmailChangeConfirmationService,
  ) {}

  @Post()
  @HttpCode(202)
  @ApiOperation({
    operationId: 'changeEmail',
    summary: 'Ask for another address to sign in with',
    description:
      'A link and a code are mailed to the new address; until one of them comes back nothing changes. The answer is the same whether or not the address is taken; its owner learns it by mail. At most five an hour.',
  })
  @ApiAcceptedResponse({
    description: 'A mail to the new address is on its way.',
    type: EmailChangeSentDto,
  })
  @Fails(TooManyAttempts, HashQueueFull)
  async request(
    @CurrentPrincipal() principal: Principal,
    @Body() body: ChangeEmailDto,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<EmailChangeSentDto> {
    await this.change.request(principal, body, callerOf(request), abandoned(reply.raw));
    return { status: 'confirmation_sent' };
  }

  @Get()
  @ApiOperation({
    operationId: 'getEmailChange',
    summary: 'Does a change of my address wait?',
    description:
      'It waits for its proof at the new address, and is void once my password is changed or reset.',
  })
  @ApiOkResponse({ description: 'The change, if there is one.', type: EmailChangeDto })
  async read(@CurrentPrincipal() { user }: Principal): Promise<EmailChangeDto> {
    return { pending: (await this.pending.of(user.id)) ?? null };
  }

  @Delete()
  @HttpCode(204)
  @ApiOperation({
    operationId: 'cancelEmailChange',
    summary: 'Take back the wish for another address',
    description: 'Its link and its code work no longer.',
  })
  @ApiNoContentResponse({ description: 'No change waits.' })
  async cancel(
    @CurrentPrincipal() { user }: Principal,
    @Req() request: FastifyRequest,
  ): Promise<void> {
    await this.pending.cancel(user.id, callerOf(request));
  }

  @Post('code')
  @HttpCode(204)
  @ApiOperation({
    operationId: 'confirmEmailChangeByCode',
    summary: 'Prove the new address with the code that was mailed to it',
    description: 'For fifteen minutes and five tries. Then as with the link.',
  })
  @ApiNoContentResponse({ description: 'The new address is in force.' })
  @Fails(TokenInvalid, EmailTaken)
  async confirm(
    @CurrentPrincipal() { user }: Principal,
    @Body() { code }: EmailChangeCodeDto,
    @Req() request: FastifyRequest,
  ): Promise<void> {
    await this.confirmation.confirmByCode(user.id, code, callerOf(request));
  }
}
