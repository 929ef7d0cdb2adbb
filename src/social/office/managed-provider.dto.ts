import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsArray, ArrayMaxSize, IsString, Matches, MaxLength } from 'class-validator';
import {
  AnyText,
  Check,
  Choice,
  type FieldOptions,
  Flag,
  LineOfText,
  Presence,
} from '../../common/fields.js';
import { DOMAIN } from '../../config/parsers.js';
import type { SocialProviderRow } from '../providers/social-provider.entity.js';

const KINDS = ['oidc', 'google', 'github'] as const;

const NameField = (optional: boolean): PropertyDecorator =>
  LineOfText({ description: 'For a button.', example: 'Acme', min: 1, max: 100, optional });

const ClientIdField = (optional: boolean): PropertyDecorator =>
  LineOfText({
    description: 'What the provider calls this server.',
    example: 'gatehouse',
    min: 1,
    max: 255,
    optional,
  });

const ClientSecretField = (): PropertyDecorator =>
  AnyText({
    description: 'What the provider knows this server by. It goes in, and never comes out.',
    example: 'a secret of two who know each other',
    min: 1,
    max: 1000,
    optional: true,
    nullable: true,
    writeOnly: true,
  });

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

const NativeClientIdsField = (): PropertyDecorator =>
  Texts({
    description: 'For whom, beside `clientId`, ID tokens may be made that apps hand in.',
    example: ['gatehouse-ios'],
  });

/** As the settings take them: what is compared is an address in its canonical form. */
const VerifiedDomainsField = (): PropertyDecorator =>
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

export class NewProviderDto {
  @AnyText({
    description: 'Names it in addresses, and never changes.',
    example: 'acme',
    min: 1,
    max: 50,
  })
  @Check(
    'isProviderId',
    (value) => /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(value),
    'invalid_id',
    'It must be lower-case letters, digits and hyphens.',
  )
  id!: string;

  @Choice(KINDS, { description: 'What it speaks.', example: 'oidc' })
  kind!: SocialProviderRow['kind'];

  @NameField(false)
  name!: string;

  @AnyText({
    description: 'Of `oidc`, to the letter as the provider says it of itself.',
    example: 'https://id.acme.example',
    max: 255,
    optional: true,
  })
  @Check(
    'isIssuer',
    (value) => /^https:\/\/[^?#@\s]+$/.test(value) && URL.canParse(value),
    'invalid_issuer',
    'It must be an https:// address without user, query or fragment.',
  )
  issuer?: string;

  @ClientIdField(false)
  clientId!: string;

  @ClientSecretField()
  clientSecret?: string | null;

  @NativeClientIdsField()
  nativeClientIds?: string[];

  @VerifiedDomainsField()
  verifiedDomains?: string[];

  @Flag({ description: 'Whether people may sign in with it.', example: true, optional: true })
  isEnabled?: boolean;
}

export class ProviderChangesDto {
  @NameField(true)
  name?: string;

  @ClientIdField(true)
  clientId?: string;

  @ClientSecretField()
  clientSecret?: string | null;

  @NativeClientIdsField()
  nativeClientIds?: string[];

  @VerifiedDomainsField()
  verifiedDomains?: string[];

  @Flag({ description: 'Whether people may sign in with it.', example: false, optional: true })
  isEnabled?: boolean;
}

export class ManagedProviderDto {
  @ApiProperty({ example: 'acme' })
  id!: string;

  @ApiProperty({ enum: KINDS, example: 'oidc' })
  kind!: SocialProviderRow['kind'];

  @ApiProperty({ example: 'Acme' })
  name!: string;

  @ApiProperty({ type: String, nullable: true, example: 'https://id.acme.example' })
  issuer!: string | null;

  @ApiProperty({ example: 'gatehouse' })
  clientId!: string;

  @ApiProperty({ description: 'Whether there is a secret.', example: true })
  hasClientSecret!: boolean;

  @ApiProperty({ type: [String], example: ['gatehouse-ios'] })
  nativeClientIds!: string[];

  @ApiProperty({ type: [String], example: ['acme.example'] })
  verifiedDomains!: string[];

  @ApiProperty({ example: true })
  isEnabled!: boolean;

  @ApiProperty({
    format: 'uri',
    description: 'To be registered with the provider, to the letter.',
    example: 'https://auth.example.com/v1/auth/social/acme/callback',
  })
  callbackUrl!: string;

  static of(row: SocialProviderRow, publicUrl: string): ManagedProviderDto {
    const { id, kind, name, issuer, clientId, nativeClientIds, verifiedDomains, isEnabled } = row;
    return {
      id,
      kind,
      name,
      issuer,
      clientId,
      hasClientSecret: row.sealedClientSecret !== null,
      nativeClientIds,
      verifiedDomains,
      isEnabled,
      callbackUrl: `${publicUrl}/v1/auth/social/${id}/callback`,
    };
  }
}

export class ManagedProvidersDto {
  @ApiProperty({ type: [ManagedProviderDto], description: 'All of them, by id.' })
  items!: ManagedProviderDto[];
}

export class ProviderTestDto {
  @ApiProperty({ enum: ['ok'], example: 'ok' })
  status!: 'ok';
}
