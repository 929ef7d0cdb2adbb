import { ApiProperty } from '@nestjs/swagger';
import { AnyText, Check } from '../../common/fields.js';
import { PasswordField } from '../../users/user-fields.js';

const NewPasswordField = (): PropertyDecorator =>
  PasswordField({
    description: 'Must satisfy `GET /v1/auth/password/policy`.',
    example: 'a heron sleeps on the roof',
  });

const ResetTokenField = (): PropertyDecorator =>
  AnyText({
    description: 'The token from the mail.',
    example: 'ghp_01DXF6DT3O2E8bK5rJq7c1_8Zk4vZt0m3n6q9s2u5w8y1b4e7h0k3n6q9s2u5w8y1b4e70aBcDe',
    max: 200,
    writeOnly: true,
  });

export class ResetSentDto {
  @ApiProperty({ enum: ['reset_sent'], example: 'reset_sent' })
  status!: 'reset_sent';
}

export class ResetTokenDto {
  @ResetTokenField()
  token!: string;
}

export class ResetPasswordDto extends ResetTokenDto {
  @NewPasswordField()
  newPassword!: string;
}

export class SetPasswordDto {
  @NewPasswordField()
  newPassword!: string;
}

export class ChangePasswordDto extends SetPasswordDto {
  @PasswordField({ description: 'The password that is to be replaced.' })
  @Check('isNotEmpty', (value) => value !== '', 'required', 'It is required.')
  currentPassword!: string;
}
