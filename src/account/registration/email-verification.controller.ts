import { Body, Controller, HttpCode, Post, Req } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiBody,
  ApiExtraModels,
  ApiNoContentResponse,
  ApiOperation,
  ApiTags,
  getSchemaPath,
} from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Public } from '../../access/access.decorators.js';
import { Fails } from '../../common/api-docs.js';
import { ValidationFailed } from '../../common/failures.js';
import { callerOf } from '../../common/http/caller.js';
import { Limit } from '../../rate-limits/limit.decorator.js';
import { TooManyAttempts } from '../../rate-limits/rate-limits.errors.js';
import { TokenInvalid } from '../account.errors.js';
import { DenialService } from './denial.service.js';
import { DenyEmailDto, VERIFY_EMAIL_EXAMPLE, VerifyEmailDto } from './email-verification.dto.js';
import { EmailVerificationService } from './email-verification.service.js';
import { RegistrationMailsService } from './registration-mails.service.js';
import { EmailDto, VerificationSentDto } from './registration.dto.js';

@ApiTags('Registration')
@ApiExtraModels(VerifyEmailDto)
@Public()
@Controller('v1/auth/email')
export class EmailVerificationController {
  constructor(
    private readonly verification: EmailVerificationService,
    private readonly mails: RegistrationMailsService,
    private readonly denial: DenialService,
  ) {}

  @Post('verify')
  @HttpCode(204)
  @Limit('verify-email')
  @ApiOperation({
    operationId: 'verifyEmail',
    summary: 'Prove an address with the link or the code that was mailed to it',
    description:
      'Either `{ token }` or `{ email, code }`. Each works once and for a limited time, the code for fifteen minutes and five tries; a newer mail takes the place of both. What is confirmed is the registration that the mail was sent for.',
  })
  @ApiBody({
    schema: { $ref: getSchemaPath(VerifyEmailDto), example: VERIFY_EMAIL_EXAMPLE },
  })
  @ApiNoContentResponse({ description: 'The address is proved; sign in.' })
  @Fails(TokenInvalid, TooManyAttempts)
  async verify(
    @Body() { token, email, code }: VerifyEmailDto,
    @Req() request: FastifyRequest,
  ): Promise<void> {
    const caller = callerOf(request);
    if (token === undefined) await this.verification.verifyByCode(email ?? '', code ?? '', caller);
    else if ((email ?? code) !== undefined) throw new ValidationFailed({ errors: [EITHER] });
    else await this.verification.verify(token, caller);
  }

  @Post('verification')
  @HttpCode(202)
  @Limit('verification-mail')
  @ApiOperation({
    operationId: 'resendVerification',
    summary: 'Ask for another verification mail',
    description:
      'Always 202: nobody learns from it whether there is such an account. At most five an hour are sent for one account.',
  })
  @ApiAcceptedResponse({
    description: 'If an account with this address waits for its proof, a mail is on its way.',
    type: VerificationSentDto,
  })
  @Fails(TooManyAttempts)
  async resend(@Body() { email }: EmailDto): Promise<VerificationSentDto> {
    await this.mails.resend(email);
    return { status: 'verification_sent' };
  }

  @Post('deny')
  @HttpCode(204)
  @Limit('deny-email')
  @ApiOperation({
    operationId: 'denyRegistration',
    summary: 'Say that it was not me who registered this address',
    description:
      'With the token of the verification mail. The account that was registered is removed, and its link and code work no longer.',
  })
  @ApiNoContentResponse({ description: 'The account is gone.' })
  @Fails(TokenInvalid, TooManyAttempts)
  async deny(@Body() { token }: DenyEmailDto, @Req() request: FastifyRequest): Promise<void> {
    await this.denial.deny(token, callerOf(request));
  }
}

const EITHER = {
  field: 'token',
  code: 'ambiguous',
  message: 'Send the token, or the address and the code.',
};
