import { ApiProperty } from '@nestjs/swagger';
import { AnyText, Check, Choice } from '../common/fields.js';
import { DeviceNameField, DeviceTokenField, RefreshTransportField } from '../login/login.dto.js';
import type { RefreshTransport } from '../sessions/device.js';
import type { SessionTransport } from '../sessions/session.entity.js';

const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';
const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';

const RedirectToField = (): PropertyDecorator =>
  AnyText({
    description:
      'Where the browser is sent in the end: a page of this server or of `CORS_ORIGINS`, or what `SOCIAL_REDIRECTS` names to the letter.',
    example: 'https://app.example.com/signed-in',
    min: 1,
    max: 2048,
  });

export class AuthorizeQuery {
  @RedirectToField()
  redirectTo!: string;

  @Choice(['token', 'cookie'], {
    description:
      'cookie: the browser comes back with a session cookie. token: with a `code` in the address, for `POST /v1/auth/social/exchange`.',
    example: 'cookie',
    optional: true,
  })
  transport?: SessionTransport;

  @AnyText({
    description:
      'With `transport=token`: BASE64URL(SHA-256(verifier)) of a verifier that you keep (RFC 7636, S256).',
    example: CHALLENGE,
    max: 43,
    optional: true,
  })
  @Check(
    'isChallenge',
    (value) => /^[\w-]{43}$/.test(value),
    'invalid_challenge',
    'It must be the SHA-256 of the verifier, in base64url.',
  )
  codeChallenge?: string;
}

export class LinkDto {
  @RedirectToField()
  redirectTo!: string;
}

export class LinkBegunDto {
  @ApiProperty({
    format: 'uri',
    description: 'Send the browser there, the very one that made this call.',
    example: 'https://accounts.google.com/o/oauth2/v2/auth?client_id=gatehouse&state=gho_1',
  })
  url!: string;
}

export class ExchangeDto {
  @AnyText({
    description:
      'The `code` of the address that the browser came back to. It works once, for a minute.',
    example: 'ghx_02YXKXHmYPxv1bQ5ZtPPLd_7h3QmZ0Xn2kR9sW4vB8cD1eF6gJ5tL0pN3qY2uA1zE8x0kqZ2v',
    min: 1,
    max: 200,
  })
  code!: string;

  @AnyText({
    description: 'What `codeChallenge` was made of (RFC 7636).',
    example: VERIFIER,
    min: 1,
    max: 128,
  })
  codeVerifier!: string;

  @RefreshTransportField()
  refreshTransport?: RefreshTransport;

  @DeviceNameField()
  deviceName?: string;

  @DeviceTokenField()
  deviceToken?: string;
}

export class IdTokenDto {
  @AnyText({
    description: 'As the SDK of the provider gave it to the app. It works once, for ten minutes.',
    example: 'eyJhbGciOiJSUzI1NiIsImtpZCI6IjEifQ.eyJzdWIiOiIxMjM0In0.c2ln',
    min: 1,
    max: 8192,
    writeOnly: true,
  })
  idToken!: string;

  @AnyText({
    description: 'What the app gave to the SDK to be put into the token; a fresh one each time.',
    example: 'n-0S6_WzA2Mj',
    min: 1,
    max: 255,
  })
  nonce!: string;

  @RefreshTransportField()
  refreshTransport?: RefreshTransport;

  @DeviceNameField()
  deviceName?: string;

  @DeviceTokenField()
  deviceToken?: string;
}

export class ProviderDto {
  @ApiProperty({ description: 'For addresses.', example: 'google' })
  id!: string;

  @ApiProperty({ description: 'For a button.', example: 'Google' })
  name!: string;
}

export class ProvidersDto {
  @ApiProperty({ type: ProviderDto, isArray: true })
  items!: ProviderDto[];
}
