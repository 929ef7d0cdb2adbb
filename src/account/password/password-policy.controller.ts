import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Public } from '../../access/access.decorators.js';
import { Fails } from '../../common/api-docs.js';
import { PasswordPolicy } from '../../passwords/password-policy.js';
import { BreachCheckUnavailable, TooManyLookups } from '../../passwords/passwords.errors.js';
import { Limit } from '../../rate-limits/limit.decorator.js';
import { TooManyAttempts } from '../../rate-limits/rate-limits.errors.js';
import { PasswordCheckDto } from '../registration/registration.dto.js';
import { PasswordPolicyDto, PasswordVerdictDto } from './password-policy.dto.js';

@ApiTags('Passwords')
@Public()
@Controller('v1/auth/password')
export class PasswordPolicyController {
  constructor(private readonly policy: PasswordPolicy) {}

  @Get('policy')
  @ApiOperation({
    operationId: 'getPasswordPolicy',
    summary: 'The rules that a new password must satisfy, in words',
    description: 'In the order in which they are checked; show them beside the field.',
  })
  @ApiOkResponse({ description: 'The rules in force.', type: PasswordPolicyDto })
  describe(): PasswordPolicyDto {
    return { validators: this.policy.describe() };
  }

  @Post('check')
  @HttpCode(200)
  @Limit('password-check', { times: 10 })
  @ApiOperation({
    operationId: 'checkPassword',
    summary: 'Judge a password while it is being typed',
    description: 'Nothing is stored. Name the person, so that likeness to her data is seen.',
  })
  @ApiOkResponse({ description: 'The verdict.', type: PasswordVerdictDto })
  @Fails(BreachCheckUnavailable, TooManyLookups, TooManyAttempts)
  async check(
    @Body() { password, email, ...about }: PasswordCheckDto,
  ): Promise<PasswordVerdictDto> {
    const errors = await this.policy.complaints(password, { email, ...about });
    return { valid: errors.length === 0, errors };
  }
}
