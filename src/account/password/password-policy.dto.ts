import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { Complaint } from '../../passwords/password-rule.js';

export class ComplaintDto {
  @ApiProperty({ description: 'Stable; switch on it.', example: 'password_too_short' })
  code!: string;

  @ApiProperty({
    description: 'For people.',
    example: 'This password is too short. It must contain at least 10 characters.',
  })
  message!: string;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    description: 'The numbers and names in the message, for clients with words of their own.',
    example: { minLength: 10 },
  })
  params?: Readonly<Record<string, unknown>>;
}

const RULES: readonly Complaint[] = [
  {
    code: 'password_malformed',
    message: 'Your password may be any Unicode text, spaces included.',
  },
  {
    code: 'password_too_long',
    message: 'Your password must contain at most 128 characters.',
    params: { maxLength: 128 },
  },
  {
    code: 'password_too_similar',
    message: 'Your password can’t be too similar to your other personal information.',
  },
  {
    code: 'password_too_short',
    message: 'Your password must contain at least 10 characters.',
    params: { minLength: 10 },
  },
  { code: 'password_too_common', message: 'Your password can’t be a commonly used password.' },
  { code: 'password_entirely_numeric', message: 'Your password can’t be entirely numeric.' },
  {
    code: 'password_breached',
    message: 'Your password can’t be one that a data breach exposed.',
  },
];

export class PasswordPolicyDto {
  @ApiProperty({
    type: [ComplaintDto],
    description: 'The rules in force, in order.',
    example: RULES,
  })
  validators!: readonly Complaint[];
}

const COMPLAINTS: readonly Complaint[] = [
  {
    code: 'password_too_similar',
    message: 'The password is too similar to the email address.',
    params: { attribute: 'email' },
  },
  {
    code: 'password_too_short',
    message: 'This password is too short. It must contain at least 10 characters.',
    params: { minLength: 10 },
  },
];

export class PasswordVerdictDto {
  @ApiProperty({ description: 'Whether the password may be used.', example: false })
  valid!: boolean;

  @ApiProperty({
    type: [ComplaintDto],
    description: 'Everything that is wrong with it.',
    example: COMPLAINTS,
  })
  errors!: readonly Complaint[];
}
