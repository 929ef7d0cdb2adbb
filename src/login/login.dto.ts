import { applyDecorators } from '@nestjs/common';
import {
  ApiExtraModels,
  ApiOkResponse,
  ApiProperty,
  ApiPropertyOptional,
  getSchemaPath,
} from '@nestjs/swagger';
import { AnyText, Check, Choice, LineOfText } from '../common/fields.js';
import type { RefreshTransport } from '../sessions/device.js';
import type { SessionTransport } from '../sessions/session.entity.js';
import { TOKEN_EXAMPLES as tokens, type Tokens } from '../sessions/tokens.dto.js';
import { SECOND_FACTOR_METHODS, type SecondFactorMethod } from '../two-factor/second-factor.js';
import { EmailField, PasswordField } from '../users/user-fields.js';
import { UserDto } from '../users/user.dto.js';
import { CHALLENGE_TTL } from './login-challenges.service.js';
import type { OpenedLogin, WaitingForFactor } from './login-outcome.js';

const DEVICE_TOKEN =
  'ghn_02YXKXHmYPxv1bQ5ZtPPLd_7h3QmZ0Xn2kR9sW4vB8cD1eF6gJ5tL0pN3qY2uA1zE8x0kqZ2v';

export const TransportField = (): PropertyDecorator =>
  Choice(['token', 'cookie'], {
    description:
      'How the session is carried. token: an access token and a refresh token. cookie: a cookie that no script can read; send `X-XSRF-TOKEN` (`GET /v1/auth/csrf`).',
    example: 'token',
    optional: true,
  });

export const RefreshTransportField = (): PropertyDecorator =>
  Choice(['body', 'cookie'], {
    description:
      'Where the refresh token of `transport: "token"` travels. cookie: in a cookie for `/v1/auth/refresh` that no script can read; send `X-XSRF-TOKEN`.',
    example: 'body',
    optional: true,
  });

export const DeviceNameField = (): PropertyDecorator =>
  LineOfText({
    description: 'What the user calls this device, for her list of sessions.',
    example: "Ann's phone",
    max: 100,
    optional: true,
  });

export const DeviceTokenField = (): PropertyDecorator =>
  AnyText({
    description:
      'The one of an earlier sign-in on this device, where there is no cookie for it. Whoever guesses elsewhere cannot lock such a device out, and no mail is sent about it.',
    example: DEVICE_TOKEN,
    optional: true,
    writeOnly: true,
    max: 200,
  });

export const CHALLENGE_TOKEN =
  'ghl_02YXKXHmYPxv1bQ5ZtPPLd_7h3QmZ0Xn2kR9sW4vB8cD1eF6gJ5tL0pN3qY2uA1zE8x0kqZ2v';

export class LoginDto {
  @EmailField()
  email!: string;

  @PasswordField()
  @Check('isNotEmpty', (value) => value !== '', 'required', 'It is required.')
  password!: string;

  @TransportField()
  transport?: SessionTransport;

  @RefreshTransportField()
  refreshTransport?: RefreshTransport;

  @DeviceNameField()
  deviceName?: string;

  @DeviceTokenField()
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
  @ApiProperty({
    enum: ['authenticated', 'two_factor_enrollment_required'],
    description:
      'two_factor_enrollment_required: this user must have a second factor and has none. The session opens the calls that set one up, and signing out; with it, it opens everything.',
    example: 'authenticated',
  })
  status!: OpenedLogin['status'];

  @ApiProperty({ type: UserDto })
  user!: UserDto;

  @ApiProperty({ type: LoginSessionDto })
  session!: LoginSessionDto;

  @ApiPropertyOptional({
    format: 'date-time',
    description: 'Until then she may go without the second factor that she must have.',
    example: '2026-12-06T20:31:59.123Z',
  })
  twoFactorDueAt?: string;

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
    { status, user, session }: OpenedLogin,
    carried?: Tokens & Pick<LoginResultDto, 'deviceToken'>,
  ): LoginResultDto {
    const { id, expiresAt, enrollBy } = session;
    return {
      status,
      user: UserDto.of(user),
      session: { id, expiresAt: expiresAt.toISOString() },
      ...(status === 'authenticated' && enrollBy && { twoFactorDueAt: enrollBy.toISOString() }),
      ...carried,
    };
  }
}

/** The password, or whatever came first, was right, and that is not enough. */
export class TwoFactorRequiredDto {
  @ApiProperty({ enum: ['two_factor_required'], example: 'two_factor_required' })
  status!: 'two_factor_required';

  @ApiProperty({
    description: 'For `POST /v1/auth/login/two-factor`. It opens nothing else.',
    example: CHALLENGE_TOKEN,
  })
  challengeToken!: string;

  @ApiProperty({
    enum: SECOND_FACTOR_METHODS,
    isArray: true,
    description: 'What the user can show.',
    example: ['totp', 'recovery_code'],
  })
  methods!: SecondFactorMethod[];

  @ApiProperty({
    type: 'integer',
    description: 'Seconds until the challenge is over.',
    example: CHALLENGE_TTL,
  })
  expiresIn!: number;

  static of({ status, challenge, methods }: WaitingForFactor): TwoFactorRequiredDto {
    return {
      status,
      challengeToken: challenge.reveal(),
      methods: [...methods],
      expiresIn: CHALLENGE_TTL,
    };
  }
}

/** How a way in ends. */
export type LoginAnswer = LoginResultDto | TwoFactorRequiredDto;

/** What every way in answers. */
export const ApiLoginAnswer = (description: string): MethodDecorator =>
  applyDecorators(
    ApiExtraModels(LoginResultDto, TwoFactorRequiredDto),
    ApiOkResponse({
      description,
      schema: {
        oneOf: [
          { $ref: getSchemaPath(LoginResultDto) },
          { $ref: getSchemaPath(TwoFactorRequiredDto) },
        ],
      },
    }),
  );
