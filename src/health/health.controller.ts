import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Public } from '../access/access.decorators.js';
import { Fails } from '../common/api-docs.js';
import { ServiceUnavailable } from '../common/failures.js';
import { Readiness } from './readiness.js';

class LiveDto {
  @ApiProperty({ enum: ['live'], example: 'live' })
  status!: 'live';
}

class ReadyDto {
  @ApiProperty({ enum: ['ready'], example: 'ready' })
  status!: 'ready';
}

@ApiTags('Health')
@Public()
@Controller('health')
export class HealthController {
  constructor(private readonly readiness: Readiness) {}

  @Get('live')
  @ApiOperation({
    operationId: 'getLiveness',
    summary: 'Does the process run?',
    description: 'Asks nobody else. If this fails, restart the process.',
  })
  @ApiOkResponse({ description: 'It runs.', type: LiveDto })
  live(): LiveDto {
    return { status: 'live' };
  }

  @Get('ready')
  @ApiOperation({
    operationId: 'getReadiness',
    summary: 'Should this node be sent requests?',
    description: 'Not while the database is away, and not while the process is ending.',
  })
  @ApiOkResponse({ description: 'Yes.', type: ReadyDto })
  @Fails(ServiceUnavailable)
  async ready(): Promise<ReadyDto> {
    if (!(await this.readiness.isReady())) throw new ServiceUnavailable({ retryAfter: 2 });
    return { status: 'ready' };
  }
}
