import { Controller, Get, HttpCode, Post, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { LoginRequired } from '../../access/access.decorators.js';
import { InvalidToken } from '../../access/access.errors.js';
import { CurrentPrincipal, type Principal } from '../../access/principal.js';
import { Fails } from '../../common/api-docs.js';
import { callerOf } from '../../common/http/caller.js';
import { OwnRecoveryCodes } from './own-recovery-codes.service.js';
import { TwoFactorOverview } from './two-factor-overview.service.js';
import { RecoveryCodesDto, TwoFactorDto } from './two-factor.dto.js';
import { NoSecondFactor } from './two-factor.errors.js';

@ApiTags('Second factors')
@Controller('v1/users/me/two-factor')
export class TwoFactorController {
  constructor(
    private readonly overview: TwoFactorOverview,
    private readonly codes: OwnRecoveryCodes,
  ) {}

  @Get()
  @LoginRequired({ enrollment: true })
  @ApiOperation({
    operationId: 'getMyTwoFactor',
    summary: 'What have I set up?',
    description: 'The second factors of this account, and how far this session is proved.',
  })
  @ApiOkResponse({ description: 'What there is.', type: TwoFactorDto })
  read(@CurrentPrincipal() principal: Principal): Promise<TwoFactorDto> {
    return this.overview.of(principal);
  }

  @Post('recovery-codes')
  @HttpCode(200)
  @LoginRequired({ recent: 'strongest', enrollment: true })
  @ApiOperation({
    operationId: 'makeRecoveryCodes',
    summary: 'Make new recovery codes',
    description: 'Those of before open nothing any more. A mail tells of it.',
  })
  @ApiOkResponse({ description: 'The new ones, once.', type: RecoveryCodesDto })
  @Fails(NoSecondFactor, InvalidToken)
  async makeCodes(
    @CurrentPrincipal() principal: Principal,
    @Req() request: FastifyRequest,
  ): Promise<RecoveryCodesDto> {
    return { recoveryCodes: await this.codes.replace(principal, callerOf(request)) };
  }
}
