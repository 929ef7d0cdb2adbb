import { ApiProperty } from '@nestjs/swagger';
import { EmailField, PasswordField } from '../../users/user-fields.js';
import { ProfileDto, UserDto } from '../../users/user.dto.js';

export class RegisterDto extends ProfileDto {
  @EmailField()
  email!: string;

  @PasswordField({ description: 'Must satisfy `GET /v1/auth/password/policy`.' })
  password!: string;
}

export class VerificationSentDto {
  @ApiProperty({ enum: ['verification_sent'], example: 'verification_sent' })
  status!: 'verification_sent';
}

/** A user who has just come: nothing is proved yet. */
export class RegisteredUserDto extends UserDto {
  @ApiProperty({ description: 'Whether the owner proved the address.', example: false })
  override emailVerified!: boolean;
}

export class RegisteredDto {
  @ApiProperty({ type: RegisteredUserDto })
  user!: RegisteredUserDto;
}

export class EmailDto {
  @EmailField()
  email!: string;
}

/** What stands in the form so far. */
export class PasswordCheckDto extends ProfileDto {
  @PasswordField({ description: 'The password to judge. It is not stored.', example: 'exampl-7' })
  password!: string;

  @EmailField({ optional: true })
  email?: string;
}
