import { Readable } from 'node:stream';
import { Controller, Get, Req, StreamableFile } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { LoginRequired } from '../../access/access.decorators.js';
import { CurrentPrincipal, type Principal } from '../../access/principal.js';
import { Fails } from '../../common/api-docs.js';
import { NotFound } from '../../common/failures.js';
import { callerOf } from '../../common/http/caller.js';
import { ExportDto } from './export.dto.js';
import { ExportService } from './export.service.js';

@ApiTags('The signed-in user')
@LoginRequired({ recent: true })
@Controller('v1/users/me/export')
export class ExportController {
  constructor(private readonly exporting: ExportService) {}

  @Get()
  @ApiOperation({
    operationId: 'exportMe',
    summary: 'Everything that is held about me',
    description:
      'Profile, sessions, pending links and security events, as one JSON file. Passwords and other secrets are held as hashes only and are not in it.',
  })
  @ApiOkResponse({ description: 'All of it.', type: ExportDto })
  @Fails(NotFound)
  async read(
    @CurrentPrincipal() { user }: Principal,
    @Req() request: FastifyRequest,
  ): Promise<StreamableFile> {
    const pieces = await this.exporting.of(user.id, callerOf(request));
    return new StreamableFile(Readable.from(pieces), {
      type: 'application/json; charset=utf-8',
      disposition: 'attachment; filename="account.json"',
    });
  }
}
