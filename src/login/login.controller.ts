import { Body, Controller, HttpCode, Post, Req, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Public } from '../access/access.decorators.js';
import { Fails } from '../common/api-docs.js';
import { HashQueueFull } from '../passwords/passwords.errors.js';
import { deviceOf } from '../sessions/device.js';
import type { User } from '../users/user.entity.js';
import { LocalGuard } from './local.guard.js';
import { LoginDto, LoginResultDto } from './login.dto.js';
import { EmailNotVerified, InvalidCredentials } from './login.errors.js';
import { LoginService } from './login.service.js';

@ApiTags('Sign-in')
@Controller('v1/auth')
export class LoginController {
  constructor(private readonly login: LoginService) {}

  @Post('login')
  @HttpCode(200)
  @Public()
  @UseGuards(LocalGuard)
  @ApiOperation({
    operationId: 'login',
    summary: 'Sign in with e-mail and password',
    description:
      'Answers with an access token that lives for minutes; the session behind it for weeks.',
  })
  @ApiOkResponse({ description: 'Signed in.', type: LoginResultDto })
  @Fails(InvalidCredentials, EmailNotVerified, HashQueueFull)
  async signIn(
    @Body() { deviceName, transport = 'token' }: LoginDto,
    @Req() request: FastifyRequest & { provenUser: User },
  ): Promise<LoginResultDto> {
    const outcome = await this.login.proceed({
      user: request.provenUser,
      methods: ['pwd'],
      device: deviceOf(request, transport, deviceName),
    });
    return LoginResultDto.of(outcome);
  }
}
