import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { AnyText } from '../common/fields.js';

export const TOKEN_EXAMPLES = {
  accessToken:
    'eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCIsImtpZCI6Im9LSXkifQ.eyJzdWIiOiIwMTkzIn0.c2ln',
  refreshToken:
    'ghr_02YXKXHmYPxv1bQ5ZtPPLd_7h3QmZ0Xn2kR9sW4vB8cD1eF6gJ5tL0pN3qY2uA1zE8x0kqZ2v_3mB9xQ2LkPd',
};

export const RefreshTokenField = (): PropertyDecorator =>
  AnyText({
    description:
      'The one of the last answer. Leave it out where it travels in its cookie (`refreshTransport: "cookie"`).',
    example: TOKEN_EXAMPLES.refreshToken,
    optional: true,
    max: 512,
  });

export class RefreshDto {
  @RefreshTokenField()
  refreshToken?: string;
}

export class LogoutDto {
  @RefreshTokenField()
  refreshToken?: string;
}

/** What carries a session on that has no cookie. */
export class TokensDto {
  @ApiProperty({
    description: 'A JWT: send it as `Authorization: Bearer …`.',
    example: TOKEN_EXAMPLES.accessToken,
  })
  accessToken!: string;

  @ApiProperty({ enum: ['Bearer'], example: 'Bearer' })
  tokenType!: 'Bearer';

  @ApiProperty({
    type: 'integer',
    description: 'Seconds until the access token ends.',
    example: 300,
  })
  expiresIn!: number;

  @ApiPropertyOptional({
    description: 'Good for one `POST /v1/auth/refresh`. Absent: it is in its cookie.',
    example: TOKEN_EXAMPLES.refreshToken,
  })
  refreshToken?: string;

  @ApiProperty({
    type: 'integer',
    description: 'Seconds until the session ends, however often it is refreshed.',
    example: 1_209_600,
  })
  refreshExpiresIn!: number;
}

/** As plain data. */
export type Tokens = Pick<TokensDto, keyof TokensDto>;
