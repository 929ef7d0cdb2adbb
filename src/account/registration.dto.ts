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

/** A user who has just come: nothing is proved yet. */
export const REGISTERED_EXAMPLE: RegisteredDto = {
  user: {
    id: '01939f5c-7b0a-7c3e-8a51-3f1d2c4b5a69',
    email: 'ann@example.com',
    emailVerified: false,
    firstName: 'Ann',
    lastName: 'Lee',
    phoneNumber: '+4930123456',
    organization: 'Example Ltd',
    timezone: 'Europe/Berlin',
    isStaff: false,
    isSuperuser: false,
    createdAt: '2026-11-22T20:31:59.123Z',
  },
};

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
  @PasswordField({ description: 'The password to judge. It is not stored.', example: 'exampl-7' })
  password!: string;

  @EmailField({ optional: true })
  email?: string;

  @FirstNameField()
  firstName?: string;

  @LastNameField()
  lastName?: string;
}
