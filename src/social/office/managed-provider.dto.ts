import { ApiProperty } from '@nestjs/swagger';
import { AnyText, Check, Choice, Flag, LineOfText } from '../../common/fields.js';
import type { SocialProviderRow } from '../providers/social-provider.entity.js';
import {
  NativeClientIdsField,
  ScopesField,
  StoreTokensField,
  VerifiedDomainsField,
} from './provider-fields.js';

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

  @StoreTokensField()
  storeTokens?: boolean;

  @ScopesField()
  scopes?: string[];

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

  @StoreTokensField()
  storeTokens?: boolean;

  @ScopesField()
  scopes?: string[];

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

  @ApiProperty({
    description: 'Whether the tokens that the provider gives are kept for the application.',
    example: true,
  })
  storeTokens!: boolean;

  @ApiProperty({
    type: [String],
    description: 'What is asked for beside what a sign-in takes.',
    example: ['offline_access'],
  })
  scopes!: string[];

  @ApiProperty({ example: true })
  isEnabled!: boolean;

  @ApiProperty({
    format: 'uri',
    description: 'To be registered with the provider, to the letter.',
    example: 'https://auth.example.com/v1/auth/social/acme/callback',
  })
  callbackUrl!: string;

  static of(row: SocialProviderRow, publicUrl: string): ManagedProviderDto {
    const { id, kind, name, issuer, clientId, storeTokens, scopes, isEnabled } = row;
    return {
      id,
      kind,
      name,
      issuer,
      clientId,
      hasClientSecret: row.sealedClientSecret !== null,
      nativeClientIds: row.nativeClientIds,
      verifiedDomains: row.verifiedDomains,
      storeTokens,
      scopes,
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
