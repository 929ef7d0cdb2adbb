import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { AnyText, Check, type FieldOptions, LineOfText, Trimmed } from '../common/fields.js';
import { canonicalLocale } from '../common/locale.js';
import { canonicalEmail } from './canonical-email.js';

type Options = Partial<FieldOptions>;

/** An address that `canonicalEmail` accepts; kept as typed, without surrounding space. */
export const EmailField = (options: Options = {}): PropertyDecorator =>
  applyDecorators(
    AnyText({
      description: 'The address that is the sign-in name, in any casing.',
      example: 'ann@example.com',
      format: 'email',
      max: 254,
      ...options,
    }),
    Trimmed(),
    Check(
      'isEmailAddress',
      (value) => canonicalEmail(value) !== undefined,
      'invalid_email',
      'It must be an e-mail address such as ann@example.com.',
    ),
  );

/** A password, taken as it is: never trimmed, every character counts. */
export const PasswordField = (options: Options = {}): PropertyDecorator =>
  AnyText({
    description: 'Taken as it is: spaces and case count.',
    example: 'a violet rides the tram',
    format: 'password',
    writeOnly: true,
    max: 512,
    ...options,
  });

export const FirstNameField = (options: Options = {}): PropertyDecorator =>
  LineOfText({ description: 'First name.', example: 'Ann', max: 150, optional: true, ...options });

export const LastNameField = (options: Options = {}): PropertyDecorator =>
  LineOfText({ description: 'Last name.', example: 'Lee', max: 150, optional: true, ...options });

export const OrganizationField = (options: Options = {}): PropertyDecorator =>
  LineOfText({
    description: 'The organization the user belongs to.',
    example: 'Example Ltd',
    max: 150,
    optional: true,
    nullable: true,
    ...options,
  });

const E164 = /^\+[1-9]\d{6,14}$/;

export const PhoneNumberField = (options: Options = {}): PropertyDecorator =>
  applyDecorators(
    AnyText({
      description: 'Phone number in E.164 form.',
      example: '+4930123456',
      max: 16,
      optional: true,
      nullable: true,
      ...options,
    }),
    ApiProperty({ pattern: E164.source }),
    Check(
      'isPhoneNumber',
      (value) => E164.test(value),
      'invalid_phone_number',
      'It must be a phone number in E.164 form such as +4930123456.',
    ),
  );

export const TimezoneField = (options: Options = {}): PropertyDecorator =>
  applyDecorators(
    AnyText({
      description: 'Time zone by its IANA name.',
      example: 'Europe/Berlin',
      max: 64,
      optional: true,
      nullable: true,
      ...options,
    }),
    Check(
      'isTimezone',
      isTimezone,
      'invalid_timezone',
      'It must be the IANA name of a time zone such as Europe/Berlin.',
    ),
  );

/** Kept as it is usually written: `de-at` becomes `de-AT`. */
export const LocaleField = (options: Options = {}): PropertyDecorator =>
  applyDecorators(
    AnyText({
      description: 'The language of your mails, a BCP 47 tag.',
      example: 'de-AT',
      max: 35,
      optional: true,
      nullable: true,
      ...options,
    }),
    Transform(({ value }: { value: unknown }) =>
      typeof value === 'string' ? (canonicalLocale(value) ?? value) : value,
    ),
    Check(
      'isLocale',
      (value) => canonicalLocale(value) !== undefined,
      'invalid_locale',
      'It must be a language tag such as en or de-AT.',
    ),
  );

function isTimezone(name: string): boolean {
  if (!/^[A-Za-z][\w+/-]*$/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
