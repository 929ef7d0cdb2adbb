import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { Complaint } from '../passwords/password-rule.js';

export class ComplaintDto {
  @ApiProperty({ example: 'password_too_short' })
  code!: string;

  @ApiProperty({
    example: 'This password is too short. It must contain at least 10 characters.',
  })
  message!: string;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    description: 'The numbers and names in the message, for clients with words of their own.',
    example: { min_length: 10 },
  })
  params?: Readonly<Record<string, unknown>>;
}

export class PasswordPolicyDto {
  @ApiProperty({ type: [ComplaintDto], description: 'The rules in force, in order.' })
  validators!: readonly Complaint[];
}

export class PasswordVerdictDto {
  @ApiProperty({ example: false })
  valid!: boolean;

  @ApiProperty({ type: [ComplaintDto], description: 'Everything that is wrong with it.' })
  errors!: readonly Complaint[];
}
