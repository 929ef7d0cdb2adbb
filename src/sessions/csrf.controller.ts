import { Controller, Get, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../access/access.decorators.js';
import { CsrfService } from './csrf.service.js';
import { LiveSessionsService } from './live-sessions.service.js';
import { SessionCookiesService } from './session-cookies.service.js';

class CsrfDto {
  @ApiProperty({
    description: 'Send it as `X-XSRF-TOKEN` with every call that changes something.',
    example: 'Yk5qbQmXhW3s1v0c9d8eRg.s0MxT2l5bG9uZ2VyX3RoYW5faXRfbG9va3NfMTIzNDU2Nzg',
  })
  token!: string;
}

@ApiTags('Sign-in')
@Controller('v1/auth')
export class CsrfController {
  constructor(
    private readonly csrf: CsrfService,
    private readonly cookies: SessionCookiesService,
    private readonly live: LiveSessionsService,
  ) {}

  @Get('csrf')
  @Public()
  @ApiOperation({
    operationId: 'getCsrfToken',
    summary: 'The CSRF token for a browser that uses cookies',
    description:
      'Also sets the cookie `XSRF-TOKEN`, which most HTTP libraries send back by themselves. Call it before signing in with `transport: "cookie"` or `refreshTransport: "cookie"`; signing in sets the next one. A token belongs to its session: after signing in or out the earlier one is void.',
  })
  @ApiOkResponse({ description: 'The token of this browser.', type: CsrfDto })
  async token(
    @Req() { headers }: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CsrfDto> {
    const session = this.cookies.tryRead(headers);
    const lives = session && (await this.live.findByCookie(session)) !== undefined;
    const token = lives ? this.csrf.tokenOf(session) : this.csrf.issue();
    this.cookies.setCsrf(reply, token);
    return { token };
  }
}
