import { Body, Controller, HttpCode, Post, Req } from '@nestjs/common';
import { ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Public } from '../../access/access.decorators.js';
import { Fails } from '../../common/api-docs.js';
import { callerOf } from '../../common/http/caller.js';
import { Limit } from '../../rate-limits/limit.decorator.js';
import { TooManyAttempts } from '../../rate-limits/rate-limits.errors.js';
import { EmailTaken } from '../../users/users.errors.js';
import { TokenInvalid } from '../account.errors.js';
import { EmailChangeConfirmationService } from './email-change-confirmation.service.js';
import { EmailChangeUndoService } from './email-change-undo.service.js';
import { ConfirmEmailChangeDto, UndoEmailChangeDto } from './email-change.dto.js';

/** What the links in the mails do: whoever reads a mail may follow its link on any device. */
@ApiTags('The signed-in user')
@Public()
@Controller('v1/auth/email/change')
export class EmailChangeLinksController {
  constructor(
    private readonly confirmation: EmailChangeConfirmationService,
    private readonly undoing: EmailChangeUndoService,
  ) {}

  @Post('confirm')
  @HttpCode(204)
  @Limit('change-email')
  @ApiOperation({
    operationId: 'confirmEmailChange',
    summary: 'Prove the new address with the link that was mailed to it',
    description:
      'From then on it is the one to sign in with. Every session ends but the one that asked, and the former address gets a link that takes the change back.',
  })
  @ApiNoContentResponse({ description: 'The new address is in force.' })
  @Fails(TokenInvalid, EmailTaken, TooManyAttempts)
  async confirm(
    @Body() { token }: ConfirmEmailChangeDto,
    @Req() request: FastifyRequest,
  ): Promise<void> {
    await this.confirmation.confirm(token, callerOf(request));
  }

  @Post('undo')
  @HttpCode(204)
  @Limit('undo-email-change')
  @ApiOperation({
    operationId: 'undoEmailChange',
    summary: 'Take back a change of my address that was not mine',
    description:
      'With the token that was mailed to the former address. The address is back, every session ends, and the password opens nothing any more: ask for a new one with `POST /v1/auth/password/forgot`.',
  })
  @ApiNoContentResponse({ description: 'The former address is in force again.' })
  @Fails(TokenInvalid, EmailTaken, TooManyAttempts)
  async undo(@Body() { token }: UndoEmailChangeDto, @Req() request: FastifyRequest): Promise<void> {
    await this.undoing.undo(token, callerOf(request));
  }
}
