import { AnyObject, AnyText, Choice, type FieldOptions, Flag } from '../common/fields.js';
import { SECOND_FACTOR_METHODS, type SecondFactorMethod } from '../two-factor/second-factor.js';
import { CHALLENGE_TOKEN, DeviceTokenField } from './login.dto.js';

const ChallengeTokenField = (): PropertyDecorator =>
  AnyText({
    description: 'The one of the answer `two_factor_required`.',
    example: CHALLENGE_TOKEN,
    max: 200,
  });

export const CodeField = (options: Partial<FieldOptions> = {}): PropertyDecorator =>
  AnyText({
    description:
      'Six digits of the authenticator app, or a recovery code; case, spaces and hyphens of a recovery code do not matter.',
    example: '492039',
    optional: true,
    writeOnly: true,
    max: 64,
    ...options,
  });

export const AssertionField = (): PropertyDecorator =>
  AnyObject({
    description: 'What `navigator.credentials.get()` answered, as JSON (`toJSON()`).',
    optional: true,
    writeOnly: true,
  });

export class ChallengeDto {
  @ChallengeTokenField()
  challengeToken!: string;
}

export class ShownFactorDto {
  @Choice(SECOND_FACTOR_METHODS, {
    description: 'What is shown. totp and recovery_code: `code`; passkey: `assertion`.',
    example: 'totp',
  })
  method!: SecondFactorMethod;

  @CodeField()
  code?: string;

  @AssertionField()
  assertion?: Readonly<Record<string, unknown>>;
}

export class TwoFactorLoginDto extends ShownFactorDto {
  @ChallengeTokenField()
  challengeToken!: string;

  @Flag({
    description:
      'Not to ask for the second factor on this device again, for `TRUSTED_DEVICE_AGE` seconds or until a password or factor changes.',
    example: false,
    optional: true,
  })
  trustDevice?: boolean;

  @DeviceTokenField()
  deviceToken?: string;
}
