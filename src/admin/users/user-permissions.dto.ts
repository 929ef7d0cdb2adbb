import { ApiProperty } from '@nestjs/swagger';
import type { PermissionName } from '../../access/permission-name.js';
import type { Membership } from '../../permissions/holding/memberships.service.js';
import type { NamedGroup } from '../../permissions/holding/sources.service.js';
import type { EffectivePermission, Rights, Sourced } from './effective.js';

const Expiry = (): PropertyDecorator =>
  ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When it ends by itself; null: it does not.',
    example: '2036-12-31T23:59:59.000Z',
  });

const Name = (): PropertyDecorator => ApiProperty({ type: String, example: 'users.view_user' });

const textOf = (time: Date | null): string | null => time?.toISOString() ?? null;

export class NamedGroupDto {
  @ApiProperty({ format: 'uuid', example: '01939f5d-11aa-7d21-9c0e-5b7f00d1c2e3' })
  id!: string;

  @ApiProperty({ example: 'Editors' })
  name!: string;
}

/** Why somebody holds a permission. */
export class SourceDto {
  @ApiProperty({ enum: ['direct', 'group', 'superuser'], example: 'group' })
  type!: 'direct' | 'group' | 'superuser';

  @ApiProperty({
    type: [NamedGroupDto],
    description:
      'For `group`: from the group that she was put into to the one that holds it; else empty.',
  })
  through!: readonly NamedGroup[];

  @Expiry()
  expiresAt!: string | null;

  static of(this: void, { type, through, expiresAt }: Sourced): SourceDto {
    return { type, through, expiresAt: textOf(expiresAt) };
  }
}

export class DirectPermissionDto {
  @Name()
  permission!: PermissionName;

  @Expiry()
  expiresAt!: string | null;
}

export class EffectivePermissionDto extends DirectPermissionDto {
  @ApiProperty({
    type: [SourceDto],
    description: 'Every reason; the last that ends is the one that counts.',
  })
  sources!: readonly SourceDto[];

  static of(
    this: void,
    { permission, expiresAt, sources }: EffectivePermission,
  ): EffectivePermissionDto {
    return { permission, expiresAt: textOf(expiresAt), sources: sources.map(SourceDto.of) };
  }
}

/** What somebody holds on all objects of a kind. */
export class RightsDto {
  @ApiProperty({
    description: 'Holds every permission without being given it; each is listed with this source.',
    example: false,
  })
  isSuperuser!: boolean;

  @ApiProperty({ type: [DirectPermissionDto], description: 'What was given to herself.' })
  direct!: readonly DirectPermissionDto[];

  @ApiProperty({
    type: [EffectivePermissionDto],
    description: 'All that is in force, by name. Whoever is not active holds nothing.',
  })
  effective!: readonly EffectivePermissionDto[];

  static of(this: void, { isSuperuser, direct, effective }: Rights): RightsDto {
    return {
      isSuperuser,
      direct: direct.map(({ permission, expiresAt }) => ({
        permission,
        expiresAt: textOf(expiresAt),
      })),
      effective: effective.map(EffectivePermissionDto.of),
    };
  }
}

export class MembershipDto extends NamedGroupDto {
  @ApiProperty({ format: 'date-time', example: '2026-11-22T20:31:59.123Z' })
  since!: string;

  @Expiry()
  expiresAt!: string | null;

  static of(this: void, { id, name, since, expiresAt }: Membership): MembershipDto {
    return { id, name, since: since.toISOString(), expiresAt: textOf(expiresAt) };
  }
}

export class MembershipPageDto {
  @ApiProperty({ type: [MembershipDto], description: 'Oldest group first.' })
  items!: readonly MembershipDto[];

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Ask for what follows with `?cursor=`; null: there is no more.',
    example: null,
  })
  nextCursor!: string | null;
}
