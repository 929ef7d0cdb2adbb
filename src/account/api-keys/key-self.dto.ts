import { ApiProperty } from '@nestjs/swagger';
import { prefixOf } from '../../api-keys/api-key.js';
import { rateOf } from '../../api-keys/api-keys.service.js';
import { KeyRateDto } from '../../api-keys/new-api-key.dto.js';
import type { KeyItself } from './key-self.service.js';

/** Whose rights a key carries. */
export class KeyOwnerDto {
  @ApiProperty({ enum: ['user', 'service_account'], example: 'user' })
  type!: 'user' | 'service_account';

  @ApiProperty({ format: 'uuid', example: '01939f5c-8c1d-7e60-9d3b-6a2f1e0c4b7d' })
  id!: string;
}

/** The key that calls, as far as it may know itself. */
export class KeySelfDto {
  @ApiProperty({ format: 'uuid', example: '01939f5c-7b0a-7c3e-8a51-3f1d2c4b5a69' })
  id!: string;

  @ApiProperty({ description: 'As its owner named it.', example: 'Billing server' })
  name!: string;

  @ApiProperty({
    description: 'How it begins, which is no secret: by this it is named in lists, mails and logs.',
    example: 'gh_test_02xqqXoMGRU1BRD6p8SJHX',
  })
  prefix!: string;

  @ApiProperty({
    type: [String],
    nullable: true,
    description:
      'What it may be used for, as far as its owner may; null: for whatever its owner may. `<permission>:<id>` is on one object.',
    example: ['catalog.view_product'],
  })
  scopes!: readonly string[] | null;

  @ApiProperty({ description: 'Whose rights it carries.', type: KeyOwnerDto })
  owner!: KeyOwnerDto;

  @ApiProperty({
    format: 'date-time',
    description: 'From then on it opens nothing.',
    example: '2027-11-22T20:31:59.123Z',
  })
  expiresAt!: string;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description:
      'When it stops beside the key that took its place; null: it has no successor. Take the new one before.',
    example: null,
  })
  retiresAt!: string | null;

  @ApiProperty({
    type: [String],
    description: 'Where it may be used from, in CIDR notation; empty: from anywhere.',
    example: ['192.0.2.0/24', '2001:db8::/32'],
  })
  allowedIps!: readonly string[];

  @ApiProperty({
    type: KeyRateDto,
    nullable: true,
    description: 'How often it may be used; null: as often as it likes.',
  })
  rateLimit!: KeyRateDto | null;

  static of({ row, scopes, ownerType }: KeyItself): KeySelfDto {
    const { id, name, environment, userId, allowedIps, expiresAt, retiresAt } = row;
    return {
      id,
      name,
      prefix: prefixOf(environment, id),
      scopes,
      owner: { type: ownerType, id: userId },
      expiresAt: expiresAt.toISOString(),
      retiresAt: retiresAt?.toISOString() ?? null,
      allowedIps,
      rateLimit: rateOf(row),
    };
  }
}
