import { ApiProperty } from '@nestjs/swagger';
import { AnyText } from '../common/fields.js';
import { EmailField, FirstNameField, LastNameField, PasswordField } from '../users/user-fields.js';
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

export class RegisteredDto {
  @ApiProperty({ type: UserDto })
  user!: UserDto;
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

export class PasswordCheckDto {
  @PasswordField({ description: 'The password to judge. It is not stored.' })
  password!: string;

  @EmailField({ optional: true })
  email?: string;

  @FirstNameField()
  firstName?: string;

  @LastNameField()
  lastName?: string;
}
