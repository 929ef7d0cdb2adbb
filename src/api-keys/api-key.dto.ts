import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { NextCursorField } from '../common/paging.js';
import { API_KEY_STATUSES, type ApiKeyStatus, statusOf } from './api-key-status.js';
import type { ApiKeyView, KeyUse } from './api-key-views.service.js';
import { type ApiKey, prefixOf } from './api-key.js';
import { rateOf } from './api-keys.service.js';
import { KeyRateDto } from './new-api-key.dto.js';

const MOMENT = { format: 'date-time', example: '2026-11-22T20:31:59.123Z' } as const;
const NO_MOMENT = { type: String, format: 'date-time', nullable: true, example: null } as const;

const PREFIX = 'gh_test_02ySGrkDXAve4d8fkFt27B';

/** How a key that is being replaced is still used. */
export class ApiKeyUseDto {
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'From where; null: not known, or from elsewhere than those that are named.',
    example: '203.0.113.7',
  })
  ip!: string | null;

  @ApiProperty({ type: 'integer', example: 42 })
  count!: number;

  @ApiProperty(MOMENT)
  lastUsedAt!: string;

  static of(this: void, { ip, count, lastUsedAt }: KeyUse): ApiKeyUseDto {
    return { ip: ip === '' ? null : ip, count, lastUsedAt: lastUsedAt.toISOString() };
  }
}

/** A key as its owner sees it: all but what it is. */
export class ApiKeyDto {
  @ApiProperty({ format: 'uuid', example: '01939f5c-8c1d-7e60-9d3b-6a2f1e0c4b7d' })
  id!: string;

  @ApiProperty({ description: 'How it begins: no secret.', example: PREFIX })
  prefix!: string;

  @ApiProperty({ example: 'Nightly import' })
  name!: string;

  @ApiProperty({
    type: [String],
    nullable: true,
    description: 'What it may be used for at most; null: whatever its owner may.',
    example: ['catalog.view_product'],
  })
  scopes!: readonly string[] | null;

  @ApiProperty({
    type: [String],
    description: 'From where it may be used; empty: from anywhere.',
    example: ['203.0.113.7/32', '2001:db8:1::/48'],
  })
  allowedIps!: readonly string[];

  @ApiProperty({
    type: KeyRateDto,
    nullable: true,
    description: 'How often it may be used; null: as often as its owner likes.',
  })
  rateLimit!: KeyRateDto | null;

  @ApiProperty({
    enum: API_KEY_STATUSES,
    description:
      '`active` and `retiring` work; `retiring`: until `retiresAt`, beside its successor.',
    example: 'active',
  })
  status!: ApiKeyStatus;

  @ApiProperty(MOMENT)
  createdAt!: string;

  @ApiProperty({ ...NO_MOMENT, description: 'Before it the key opens nothing.' })
  startsAt!: string | null;

  @ApiProperty({ ...MOMENT, example: '2027-11-22T20:31:59.123Z' })
  expiresAt!: string;

  @ApiProperty({ ...NO_MOMENT, description: 'When it stops beside its successor.' })
  retiresAt!: string | null;

  @ApiProperty({ ...NO_MOMENT, description: 'Since when it is switched off.' })
  disabledAt!: string | null;

  @ApiProperty({ ...NO_MOMENT, description: 'Since when it is ended, for good.' })
  revokedAt!: string | null;

  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'The key in whose place it came.',
    example: null,
  })
  rotatedFrom!: string | null;

  @ApiProperty({
    ...NO_MOMENT,
    description: 'To the minute; null: never.',
    example: '2026-11-22T21:02:07.480Z',
  })
  lastUsedAt!: string | null;

  @ApiProperty({ type: String, nullable: true, example: '203.0.113.7' })
  lastUsedIp!: string | null;

  @ApiProperty({
    type: 'integer',
    description: 'Requests that it opened, up to the minute.',
    example: 1284,
  })
  useCount!: number;

  @ApiPropertyOptional({
    type: [ApiKeyUseDto],
    description:
      'Of a retiring key: by whom it is still used since it was rotated, the latest first. Empty for a while: it can be revoked.',
  })
  uses?: readonly ApiKeyUseDto[];

  static of(this: void, view: ApiKeyView, now: Date): ApiKeyDto {
    const { row, scopes, uses } = view;
    return {
      id: row.id,
      prefix: prefixOf(row.environment, row.id),
      name: row.name,
      scopes,
      allowedIps: row.allowedIps,
      rateLimit: rateOf(row),
      status: statusOf(row, now),
      ...timesOf(row),
      rotatedFrom: row.rotatedFrom,
      lastUsedIp: row.lastUsedIp,
      useCount: row.useCount,
      ...(uses && { uses: uses.map(ApiKeyUseDto.of) }),
    };
  }
}

export class ApiKeyPageDto {
  @ApiProperty({
    type: [ApiKeyDto],
    description: 'Newest first. What has ended stays in the list for 30 days.',
  })
  items!: readonly ApiKeyDto[];

  @NextCursorField()
  nextCursor!: string | null;
}

/** A key that was made just now. */
export class IssuedApiKeyDto extends ApiKeyDto {
  @ApiProperty({
    description: 'The whole key, shown this once: nobody can find it out again.',
    example: `${PREFIX}_0mZ3J8vXq1kTn5RbW7yLcP2dHs9FgUaE6xQjMoKtViZ_02ABcd`,
  })
  key!: string;

  static with(this: void, view: ApiKeyView, key: ApiKey, now: Date): IssuedApiKeyDto {
    return Object.assign(ApiKeyDto.of(view, now), { key: key.reveal() });
  }
}

type Row = ApiKeyView['row'];

const text = (moment: Date | null): string | null => moment?.toISOString() ?? null;

const timesOf = (row: Row) => ({
  createdAt: row.createdAt.toISOString(),
  startsAt: text(row.startsAt),
  expiresAt: row.expiresAt.toISOString(),
  retiresAt: text(row.retiresAt),
  disabledAt: text(row.disabledAt),
  revokedAt: text(row.revokedAt),
  lastUsedAt: text(row.lastUsedAt),
});
