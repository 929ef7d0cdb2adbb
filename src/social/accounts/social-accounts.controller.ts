import { Body, Controller, Delete, Get, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import {
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiProperty,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { validate as isUuid } from 'uuid';
import { LoginRequired } from '../../access/access.decorators.js';
import { InvalidToken } from '../../access/access.errors.js';
import { CurrentPrincipal, type Principal } from '../../access/principal.js';
import { Fails } from '../../common/api-docs.js';
import { NotFound } from '../../common/failures.js';
import { callerOf } from '../../common/http/caller.js';
import { UsersService } from '../../users/users.service.js';
import { DeparturesService } from '../flow/departures.service.js';
import { LinkBegunDto, LinkDto } from '../social.dto.js';
import { LastCredential, ProviderUnavailable, RedirectNotAllowed } from '../social.errors.js';
import { LinksService } from './links.service.js';
import type { SocialAccount } from './social-account.entity.js';
import { UnlinkingService } from './unlinking.service.js';

export class SocialAccountDto {
  @ApiProperty({ format: 'uuid', example: '01939f5c-9a1e-7d52-8c4b-7b3f2a1d5c8e' })
  id!: string;

  @ApiProperty({ description: 'Its id in addresses.', example: 'google' })
  provider!: string;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'As the provider had it last. It opens nothing.',
    example: 'ann@example.com',
  })
  email!: string | null;

  @ApiProperty({ format: 'date-time', example: '2026-11-22T20:31:59.123Z' })
  createdAt!: string;

  @ApiProperty({
    type: String,
    nullable: true,
    format: 'date-time',
    description: 'When it was signed in with last; null: never since it was linked.',
    example: '2026-11-23T08:00:00.000Z',
  })
  lastUsedAt!: string | null;

  static of({ id, provider, email, createdAt, lastUsedAt }: SocialAccount): SocialAccountDto {
    return {
      id,
      provider,
      email,
      createdAt: createdAt.toISOString(),
      lastUsedAt: lastUsedAt?.toISOString() ?? null,
    };
  }
}

export class SocialAccountsDto {
  @ApiProperty({ type: SocialAccountDto, isArray: true })
  items!: SocialAccountDto[];
}

@ApiTags('The signed-in user')
@LoginRequired()
@Controller('v1/users/me/social-accounts')
export class SocialAccountsController {
  constructor(
    private readonly links: LinksService,
    private readonly unlinking: UnlinkingService,
    private readonly departures: DeparturesService,
    private readonly users: UsersService,
  ) {}

  @Get()
  @ApiOperation({
    operationId: 'listMySocialAccounts',
    summary: 'With whom can I sign in?',
    description: 'The accounts at providers that open mine.',
  })
  @ApiOkResponse({ description: 'The accounts.', type: SocialAccountsDto })
  async list(@CurrentPrincipal() { user }: Principal): Promise<SocialAccountsDto> {
    return { items: (await this.links.of(user.id)).map((each) => SocialAccountDto.of(each)) };
  }

  @Post(':provider/authorize')
  @HttpCode(200)
  @LoginRequired({ recent: 'strongest' })
  @ApiParam({ name: 'provider', example: 'google' })
  @ApiOperation({
    operationId: 'linkMySocialAccount',
    summary: 'Begin to link a provider',
    description:
      'Call it from the browser that is to be sent to `url` (with credentials: it sets a cookie). That comes back to `redirectTo`, with `linked=true` or with `error`.',
  })
  @ApiOkResponse({ description: 'Where to send the browser.', type: LinkBegunDto })
  @Fails(NotFound, RedirectNotAllowed, ProviderUnavailable)
  async begin(
    @CurrentPrincipal() { user, sessionId }: Principal,
    @Param('provider') provider: string,
    @Body() { redirectTo }: LinkDto,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<LinkBegunDto> {
    if (sessionId === undefined) throw new InvalidToken();
    const { credentialsChangedAt } = await this.users.get(user.id);
    const owner = { id: user.id, sessionId, credentialsChangedAt };
    const way = { provider, redirectTo, transport: 'cookie', owner } as const;
    return this.departures.begin(way, request.headers, reply);
  }

  @Delete(':id')
  @HttpCode(204)
  @LoginRequired({ recent: 'strongest' })
  @ApiOperation({
    operationId: 'unlinkMySocialAccount',
    summary: 'Unlink a provider',
    description: 'It no longer opens my account. The last way in stays.',
  })
  @ApiNoContentResponse({ description: 'It is unlinked.' })
  @Fails(NotFound, LastCredential)
  async unlink(
    @CurrentPrincipal() { user }: Principal,
    @Param('id') id: string,
    @Req() request: FastifyRequest,
  ): Promise<void> {
    if (!isUuid(id)) throw new NotFound();
    await this.unlinking.unlink(user.id, id.toLowerCase(), callerOf(request));
  }
}
