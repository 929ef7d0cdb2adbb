import { Controller, Delete, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { LoginRequired } from '../../access/access.decorators.js';
import { InvalidToken } from '../../access/access.errors.js';
import { CurrentPrincipal, type Principal } from '../../access/principal.js';
import { Fails } from '../../common/api-docs.js';
import { callerOf } from '../../common/http/caller.js';
import { SessionCookiesService } from '../../sessions/session-cookies.service.js';
import { LastSuperuser } from '../../users/users.errors.js';
import { DeletionDto } from './leaving.dto.js';
import { LeavingService } from './leaving.service.js';

@ApiTags('The signed-in user')
@LoginRequired({ recent: true })
@Controller('v1/users/me')
export class LeavingController {
  constructor(
    private readonly leaving: LeavingService,
    private readonly cookies: SessionCookiesService,
  ) {}

  @Delete()
  @HttpCode(202)
  @ApiOperation({
    operationId: 'deleteMe',
    summary: 'Delete my account',
    description:
      'Signs out every device at once, and nobody can sign in. After `DELETION_GRACE` the account is gone for good; until then the link that is mailed undoes it. An account whose address nobody proved does not wait.',
  })
  @ApiAcceptedResponse({ description: 'It will be deleted.', type: DeletionDto })
  @Fails(InvalidToken, LastSuperuser)
  async delete(
    @CurrentPrincipal() { user }: Principal,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DeletionDto> {
    const finalAt = await this.leaving.requestDeletion(user.id, callerOf(request));
    this.clearCookies(reply);
    return { finalAt: finalAt.toISOString() };
  }

  @Post('deactivate')
  @HttpCode(204)
  @ApiOperation({
    operationId: 'deactivateMe',
    summary: 'Close my account for a while',
    description:
      'Signs out every device at once, and nobody can sign in. Nothing is deleted; `POST /v1/auth/reactivation` mails a link that opens it again.',
  })
  @ApiNoContentResponse({ description: 'It is closed.' })
  @Fails(InvalidToken, LastSuperuser)
  async deactivate(
    @CurrentPrincipal() { user }: Principal,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    await this.leaving.deactivate(user.id, callerOf(request));
    this.clearCookies(reply);
  }

  private clearCookies(reply: FastifyReply): void {
    this.cookies.clear(reply);
    this.cookies.clearRefresh(reply);
  }
}
