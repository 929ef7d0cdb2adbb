import { Body, Controller, HttpCode, Post, Req } from '@nestjs/common';
import { ApiAcceptedResponse, ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Public } from '../../access/access.decorators.js';
import { Fails } from '../../common/api-docs.js';
import { callerOf } from '../../common/http/caller.js';
import { Limit } from '../../rate-limits/limit.decorator.js';
import { TooManyAttempts } from '../../rate-limits/rate-limits.errors.js';
import { TokenInvalid } from '../account.errors.js';
import { EmailDto } from '../registration/registration.dto.js';
import { ComingBackService } from './coming-back.service.js';
import { UndoDeletionDto, WayBackDto } from './leaving.dto.js';

@ApiTags('Registration')
@Public()
@Controller('v1/auth')
export class ComingBackController {
  constructor(private readonly comingBack: ComingBackService) {}

  @Post('deletion/undo')
  @HttpCode(204)
  @Limit('undo-deletion')
  @ApiOperation({
    operationId: 'undoDeletion',
    summary: 'Keep my account after all',
    description:
      'With the token of the mail about a deletion, or of the one that `POST /v1/auth/reactivation` sends. The account is as it was; sign in again.',
  })
  @ApiNoContentResponse({ description: 'The account is open again.' })
  @Fails(TokenInvalid, TooManyAttempts)
  async undo(@Body() { token }: UndoDeletionDto, @Req() request: FastifyRequest): Promise<void> {
    await this.comingBack.undo(token, callerOf(request));
  }

  @Post('reactivation')
  @HttpCode(202)
  @Limit('reactivation-mail')
  @ApiOperation({
    operationId: 'requestReactivation',
    summary: 'Ask for the way back into an account that I closed',
    description:
      'Always 202: nobody learns from it whether there is such an account. Accounts that an administrator closed get no link.',
  })
  @ApiAcceptedResponse({
    description: 'If its owner closed an account with this address, a mail is on its way.',
    type: WayBackDto,
  })
  @Fails(TooManyAttempts)
  async ask(@Body() { email }: EmailDto): Promise<WayBackDto> {
    await this.comingBack.ask(email);
    return { status: 'link_sent' };
  }
}
