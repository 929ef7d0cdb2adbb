import { ApiProperty } from '@nestjs/swagger';
import { EmailField, PasswordField } from '../../users/user-fields.js';
import { CodeField, TokenField } from '../registration/email-verification.dto.js';

export class ChangeEmailDto {
  @EmailField({
    description: 'The address to sign in with from now on.',
    example: 'lee@example.com',
  })
  newEmail!: string;

  @PasswordField({ description: 'My password, once more.' })
  password!: string;
}

export class EmailChangeSentDto {
  @ApiProperty({ enum: ['confirmation_sent'], example: 'confirmation_sent' })
  status!: 'confirmation_sent';
}

export class ConfirmEmailChangeDto {
  @TokenField('ghe_02YbVnQ8zA1cX5mK7pR3tW_7Hq2Lx9Jv4Bn6Mc8Df0Gs1Ta3Ye5Ui7Oo9Pk2Zw4Rx6Tb8N0aBcDe')
  token!: string;
}

export class EmailChangeCodeDto {
  @CodeField()
  code!: string;
}

export class UndoEmailChangeDto {
  @TokenField('ghu_02YbVnQ8zA1cX5mK7pR3tW_5Kd8Qs1Wf3Eh6Rj9Tl2Yz4Ux7Iv0Ob2Pc5An8Sm1Dg4Fk7H0aBcDe')
  token!: string;
}

export class PendingEmailDto {
  @ApiProperty({ format: 'email', description: 'As it was typed.', example: 'lee@example.com' })
  newEmail!: string;

  @ApiProperty({ format: 'date-time', example: '2026-11-22T20:31:59.123Z' })
  requestedAt!: string;

  @ApiProperty({
    format: 'date-time',
    description: 'Until then it can be confirmed.',
    example: '2026-11-22T21:31:59.123Z',
  })
  expiresAt!: string;
}

export class EmailChangeDto {
  @ApiProperty({
    type: PendingEmailDto,
    nullable: true,
    description: 'Null: there is none that waits.',
  })
  pending!: PendingEmailDto | null;
}
