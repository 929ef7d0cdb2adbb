import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsArray, ArrayMaxSize, IsString, Matches, MaxLength } from 'class-validator';
import { type FieldOptions, Flag, Presence } from '../../common/fields.js';
import { DOMAIN } from '../../config/parsers.js';
import { SCOPE } from '../../config/social-settings.js';

const Texts = ({ description, example }: FieldOptions): PropertyDecorator =>
  applyDecorators(
    Presence({ description, optional: true }),
    ApiProperty({ description, example, type: [String], required: false }),
    IsArray({ message: 'It must be a list.', context: { code: 'invalid_type' } }),
    ArrayMaxSize(20, { message: 'It must have at most 20 items.', context: { code: 'too_long' } }),
    IsString({ each: true, message: 'Each must be text.', context: { code: 'invalid_type' } }),
    MaxLength(255, {
      each: true,
      message: 'Each must have at most 255 characters.',
      context: { code: 'too_long' },
    }),
  );

export const NativeClientIdsField = (): PropertyDecorator =>
  Texts({
    description: 'For whom, beside `clientId`, ID tokens may be made that apps hand in.',
    example: ['gatehouse-ios'],
  });

export const StoreTokensField = (): PropertyDecorator =>
  Flag({
    description:
      'Whether the tokens that the provider gives are kept, sealed, for the application. Switched off, those that are kept go.',
    example: true,
    optional: true,
  });

export const ScopesField = (): PropertyDecorator =>
  applyDecorators(
    Texts({
      description:
        'What is asked for beside what a sign-in takes; `offline_access` where the provider gives refresh tokens for it.',
      example: ['offline_access'],
    }),
    Matches(SCOPE, {
      each: true,
      message: 'Each must be a scope, without spaces and commas.',
      context: { code: 'invalid_scope' },
    }),
  );

/** As the settings take them: what is compared is an address in its canonical form. */
export const VerifiedDomainsField = (): PropertyDecorator =>
  applyDecorators(
    Texts({
      description:
        'Domains whose addresses the provider hands out itself: they count as verified though it does not say so. One of other letters in its ASCII form (`xn--…`).',
      example: ['acme.example'],
    }),
    Transform(({ value }: { value: unknown }) =>
      Array.isArray(value) ? value.map(inLowerCase) : value,
    ),
    Matches(DOMAIN, {
      each: true,
      message: 'Each must be a domain, such as acme.example.',
      context: { code: 'invalid_domain' },
    }),
  );

const inLowerCase = (value: unknown): unknown =>
  typeof value === 'string' ? value.toLowerCase() : value;
