import { Body, Controller, HttpCode, Post, Req, Res, UseGuards } from '@nestjs/common';
import { ApiAcceptedResponse, ApiCreatedResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../../access/access.decorators.js';
import { Fails } from '../../common/api-docs.js';
import { abandoned } from '../../common/http/abandoned.js';
import { callerOf } from '../../common/http/caller.js';
import { Settings } from '../../config/settings.js';
import { PasswordLoginGuard } from '../../passwords/password-login.guard.js';
import { PasswordPolicy } from '../../passwords/password-policy.js';
import {
  BreachCheckUnavailable,
  HashQueueFull,
  TooManyLookups,
  PasswordLoginOff,
} from '../../passwords/passwords.errors.js';
import { Limit } from '../../rate-limits/limit.decorator.js';
import { TooManyAttempts } from '../../rate-limits/rate-limits.errors.js';
import { UserDto } from '../../users/user.dto.js';
import { EmailTaken } from '../../users/users.errors.js';
import { UsersService } from '../../users/users.service.js';
import { RegisterDto, RegisteredDto, VerificationSentDto } from './registration.dto.js';
import { RegistrationService } from './registration.service.js';

@ApiTags('Registration')
@Public()
@Controller('v1/auth')
export class RegistrationController {
  constructor(
    private readonly settings: Settings,
    private readonly policy: PasswordPolicy,
    private readonly registration: RegistrationService,
    private readonly users: UsersService,
  ) {}

  @Post('register')
  @UseGuards(PasswordLoginGuard)
  @HttpCode(202)
  @Limit('register')
  @ApiOperation({
    operationId: 'register',
    summary: 'Register with e-mail and password',
    description:
      'The answer is the same whether or not the address is taken; its owner learns it by mail. Only with `EMAIL_VERIFICATION=optional` is it 201 with the user, or 409 `email_taken`.',
  })
  @ApiAcceptedResponse({ description: 'A mail is on its way.', type: VerificationSentDto })
  @ApiCreatedResponse({
    description: 'Registered (only with `EMAIL_VERIFICATION=optional`).',
    type: RegisteredDto,
  })
  @Fails(
    PasswordLoginOff,
    EmailTaken,
    HashQueueFull,
    BreachCheckUnavailable,
    TooManyLookups,
    TooManyAttempts,
  )
  async register(
    @Body() body: RegisterDto,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<VerificationSentDto | RegisteredDto> {
    const { password, email, ...about } = body;
    await this.policy.assertAcceptable(password, { email, ...about });
    const caller = callerOf(request);
    const signal = abandoned(reply.raw);
    if (this.settings.emailVerification === 'mandatory') {
      await this.registration.registerQuietly(body, caller, signal);
      return { status: 'verification_sent' };
    }
    const id = await this.registration.registerOpenly(body, caller, signal);
    void reply.status(201);
    return { user: UserDto.of(await this.users.get(id)) };
  }
}
