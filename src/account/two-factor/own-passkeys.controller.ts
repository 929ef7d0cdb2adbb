import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Param,
  Patch,
  Post,
  Req,
  Res,
} from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { validate as isUuid } from 'uuid';
import { LoginRequired } from '../../access/access.decorators.js';
import { CurrentPrincipal, type Principal } from '../../access/principal.js';
import { Fails } from '../../common/api-docs.js';
import { NotFound } from '../../common/failures.js';
import { callerOf } from '../../common/http/caller.js';
import { EmailNotVerified } from '../../login/login.errors.js';
import { SessionCookiesService } from '../../sessions/session-cookies.service.js';
import { PasskeyCreationDto } from '../../two-factor/passkeys/passkey.dto.js';
import {
  PasskeyNotAccepted,
  PasskeyRegistered,
  TooManyPasskeys,
} from '../../two-factor/passkeys/passkeys.errors.js';
import { PasskeysService } from '../../two-factor/passkeys/passkeys.service.js';
import {
  AddedPasskeyDto,
  NewPasskeyDto,
  PasskeyDto,
  PasskeyNameDto,
  PasskeysDto,
} from './own-passkeys.dto.js';
import { OwnPasskeys } from './own-passkeys.service.js';
import { SecondFactorDemanded } from './two-factor.errors.js';

@ApiTags('Second factors')
@LoginRequired({ recent: 'strongest', enrollment: true })
@Controller('v1/users/me/two-factor/passkeys')
export class OwnPasskeysController {
  constructor(
    private readonly own: OwnPasskeys,
    private readonly passkeys: PasskeysService,
    private readonly cookies: SessionCookiesService,
  ) {}

  @Get()
  @LoginRequired({ enrollment: true })
  @ApiOperation({
    operationId: 'listMyPasskeys',
    summary: 'My passkeys',
    description: 'At most 20.',
  })
  @ApiOkResponse({ description: 'All of them.', type: PasskeysDto })
  async list(@CurrentPrincipal() { user }: Principal): Promise<PasskeysDto> {
    const passkeys = await this.passkeys.of(user.id);
    return { items: passkeys.map((passkey) => PasskeyDto.of(passkey)) };
  }

  @Post('options')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'getPasskeyOptions',
    summary: 'Begin to register a passkey',
    description:
      'For `PublicKeyCredential.parseCreationOptionsFromJSON()`. Good for one registration in this session, within five minutes.',
  })
  @ApiOkResponse({ description: 'What to ask of the authenticator.', type: PasskeyCreationDto })
  @Fails(EmailNotVerified, TooManyPasskeys)
  options(@CurrentPrincipal() principal: Principal): Promise<PasskeyCreationDto> {
    return this.own.options(principal);
  }

  @Post()
  @ApiOperation({
    operationId: 'addMyPasskey',
    summary: 'Register a passkey',
    description:
      'It is a second factor from now on and, if its authenticator verified its bearer, a way in by itself. The session is one of level two; with the first factor of the account, its other sessions end. A session cookie is replaced by a fresh one.',
  })
  @ApiCreatedResponse({ description: 'It is registered.', type: AddedPasskeyDto })
  @Fails(PasskeyNotAccepted, PasskeyRegistered, TooManyPasskeys, EmailNotVerified)
  async add(
    @CurrentPrincipal() principal: Principal,
    @Body() body: NewPasskeyDto,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AddedPasskeyDto> {
    const added = await this.own.add(principal, body, callerOf(request));
    const { passkey, cookie, recoveryCodes } = added;
    if (cookie) this.cookies.set(reply, cookie.secret, cookie.expiresAt);
    return AddedPasskeyDto.with(passkey, recoveryCodes);
  }

  @Patch(':id')
  @ApiOperation({
    operationId: 'renameMyPasskey',
    summary: 'Give a passkey of mine another name',
    description: 'The authenticator does not hear of it.',
  })
  @ApiOkResponse({ description: 'It has that name.', type: PasskeyDto })
  @Fails(NotFound)
  async rename(
    @CurrentPrincipal() { user }: Principal,
    @Param('id') id: string,
    @Body() { name }: PasskeyNameDto,
  ): Promise<PasskeyDto> {
    if (!isUuid(id)) throw new NotFound();
    return PasskeyDto.of(await this.passkeys.rename(user.id, id, name));
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({
    operationId: 'removeMyPasskey',
    summary: 'Remove a passkey of mine',
    description:
      'It opens nothing any more. Sessions are taken back to level one; recovery codes go with the last factor.',
  })
  @ApiNoContentResponse({ description: 'It is removed.' })
  @Fails(NotFound, SecondFactorDemanded)
  async remove(
    @CurrentPrincipal() principal: Principal,
    @Param('id') id: string,
    @Req() request: FastifyRequest,
  ): Promise<void> {
    if (!isUuid(id)) throw new NotFound();
    await this.own.remove(principal, id, callerOf(request));
  }
}
