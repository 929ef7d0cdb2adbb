import { ApiProperty } from '@nestjs/swagger';
import { AnyText } from '../common/fields.js';
import { EmailField, PasswordField } from '../users/user-fields.js';
import { ProfileDto, UserDto } from '../users/user.dto.js';

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

export class VerifyEmailDto {
  @AnyText({
    description: 'The token from the mail.',
    example: 'ghv_01DXF6DT3O2E8bK5rJq7c1_8Zk4vZt0m3n6q9s2u5w8y1b4e7h0k3n6q9s2u5w8y1b4e70aBcDe',
    max: 200,
    writeOnly: true,
  })
  token!: string;
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
