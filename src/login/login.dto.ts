import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { AnyText, Check, Choice, LineOfText } from '../common/fields.js';
import type { RefreshTransport } from '../sessions/device.js';
import type { SessionTransport } from '../sessions/session.entity.js';
import { TOKEN_EXAMPLES as tokens, type Tokens } from '../sessions/tokens.dto.js';
import { EmailField, PasswordField } from '../users/user-fields.js';
import { UserDto } from '../users/user.dto.js';
import type { LoginOutcome } from './login.service.js';

const DEVICE_TOKEN =
  'ghn_02YXKXHmYPxv1bQ5ZtPPLd_7h3QmZ0Xn2kR9sW4vB8cD1eF6gJ5tL0pN3qY2uA1zE8x0kqZ2v';

export class LoginDto {
  @EmailField()
  email!: string;

  @PasswordField()
  @Check('isNotEmpty', (value) => value !== '', 'required', 'It is required.')
  password!: string;

  @Choice(['token', 'cookie'], {
    description:
      'How the session is carried. token: an access token and a refresh token. cookie: a cookie that no script can read; send `X-XSRF-TOKEN` (`GET /v1/auth/csrf`).',
    example: 'token',
    optional: true,
  })
  transport?: SessionTransport;

  @Choice(['body', 'cookie'], {
    description:
      'Where the refresh token of `transport: "token"` travels. cookie: in a cookie for `/v1/auth/refresh` that no script can read; send `X-XSRF-TOKEN`.',
    example: 'body',
    optional: true,
  })
  refreshTransport?: RefreshTransport;

  @LineOfText({
    description: 'What the user calls this device, for her list of sessions.',
    example: "Ann's phone",
    max: 100,
    optional: true,
  })
  deviceName?: string;

  @AnyText({
    description:
      'The one of an earlier sign-in on this device, where there is no cookie for it. Whoever guesses elsewhere cannot lock such a device out, and no mail is sent about it.',
    example: DEVICE_TOKEN,
    optional: true,
    writeOnly: true,
    max: 200,
  })
  deviceToken?: string;
}

export class LoginSessionDto {
  @ApiProperty({
    format: 'uuid',
    description: 'The session behind the token.',
    example: '01939f5c-8c1d-7e60-9d3b-6a2f1e0c4b7d',
  })
  id!: string;

  @ApiProperty({ format: 'date-time', example: '2026-12-06T20:31:59.123Z' })
  expiresAt!: string;
}

export class LoginResultDto {
  @ApiProperty({ enum: ['authenticated'], example: 'authenticated' })
  status!: 'authenticated';

  @ApiProperty({ type: UserDto })
  user!: UserDto;

  @ApiProperty({ type: LoginSessionDto })
  session!: LoginSessionDto;

  @ApiPropertyOptional({ description: 'With `transport: "token"`.', example: tokens.accessToken })
  accessToken?: string;

  @ApiPropertyOptional({ enum: ['Bearer'], example: 'Bearer' })
  tokenType?: 'Bearer';

  @ApiPropertyOptional({ type: 'integer', description: 'Seconds.', example: 300 })
  expiresIn?: number;

  @ApiPropertyOptional({
    description: 'With `transport: "token"`, unless it is in its cookie.',
    example: tokens.refreshToken,
  })
  refreshToken?: string;

  @ApiPropertyOptional({ type: 'integer', description: 'Seconds.', example: 1_209_600 })
  refreshExpiresIn?: number;

  @ApiPropertyOptional({
    description:
      'With tokens in the body. Keep it, also when signed out, and send it when signing in again; with a cookie, a cookie keeps it.',
    example: DEVICE_TOKEN,
  })
  deviceToken?: string;

  static of(
    { status, user, session }: LoginOutcome,
    carried?: Tokens & Pick<LoginResultDto, 'deviceToken'>,
  ): LoginResultDto {
    return {
      status,
      user: UserDto.of(user),
      session: { id: session.id, expiresAt: session.expiresAt.toISOString() },
      ...carried,
    };
  }
}
