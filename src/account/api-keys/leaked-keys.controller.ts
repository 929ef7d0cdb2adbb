import { Body, Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import {
  ApiBody,
  type ApiBodyOptions,
  ApiExtraModels,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
  getSchemaPath,
} from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../../access/access.decorators.js';
import { Fails } from '../../common/api-docs.js';
import { callerOf } from '../../common/http/caller.js';
import { Limit } from '../../rate-limits/limit.decorator.js';
import { TooManyAttempts } from '../../rate-limits/rate-limits.errors.js';
import { type LeakReport, LeakReportPipe, MOST_MATCHES } from './leak-report.pipe.js';
import {
  LEAK_MATCHES_EXAMPLE,
  LEAKED_KEY_EXAMPLE,
  LeakedKeyDto,
  LeakLabelDto,
  LeakMatchDto,
} from './leaked-keys.dto.js';
import { LeakedKeys } from './leaked-keys.service.js';

/** One key, or a list. */
const REPORT: ApiBodyOptions = {
  schema: {
    oneOf: [
      { $ref: getSchemaPath(LeakedKeyDto) },
      { type: 'array', maxItems: MOST_MATCHES, items: { $ref: getSchemaPath(LeakMatchDto) } },
    ],
  },
  examples: {
    key: { summary: 'One key', value: LEAKED_KEY_EXAMPLE },
    matches: { summary: 'What a secret scanner has found', value: LEAK_MATCHES_EXAMPLE },
  },
};

@ApiTags('API keys')
@Public()
@Controller('v1/api-keys')
export class LeakedKeysController {
  constructor(private readonly leaked: LeakedKeys) {}

  @Post('revoke-leaked')
  @HttpCode(204)
  @Limit('revoke-leaked')
  @ApiOperation({
    operationId: 'revokeLeakedApiKeys',
    summary: 'End an API key that was found',
    description:
      'Whoever has a key can end it: neither a sign-in nor a signature is asked for, because whoever has it could do worse. Its owner gets a mail. One key is answered with 204, whether or not it was one; a list in the format of the partners of GitHub’s secret scanning (at most 100) with what each was. To say it again does no harm.',
  })
  @ApiExtraModels(LeakedKeyDto, LeakMatchDto)
  @ApiBody(REPORT)
  @ApiNoContentResponse({ description: 'If it was a key, it opens nothing any more.' })
  @ApiOkResponse({
    description: 'What each match was, in order: the answer to a list.',
    type: [LeakLabelDto],
  })
  @Fails(TooManyAttempts)
  async revoke(
    @Body(new LeakReportPipe()) { ofPartner, matches }: LeakReport,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<LeakLabelDto[] | undefined> {
    const caller = callerOf(request);
    const labels: LeakLabelDto[] = [];
    for (const match of matches) {
      labels.push(LeakLabelDto.of(match, await this.leaked.revoke(match, caller)));
    }
    if (!ofPartner) return undefined;
    void reply.status(200);
    return labels;
  }
}
