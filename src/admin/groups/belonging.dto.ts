import { ApiProperty } from '@nestjs/swagger';
import { NextCursorField } from '../../common/paging.js';
import type { Belonging, Given } from '../../permissions/holding/facts.service.js';
import type { Group } from '../../permissions/holding/group.entity.js';
import type { Holding } from '../../permissions/holding/holding.js';
import type { ServiceAccount } from '../../service-accounts/service-account.entity.js';
import type { User } from '../../users/user.entity.js';

const EndField = (): PropertyDecorator =>
  ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When it ends by itself; null: never.',
    example: null,
  });
const SinceField = (): PropertyDecorator =>
  ApiProperty({ format: 'date-time', example: '2026-11-22T20:31:59.123Z' });
const timesOf = ({ expiresAt, createdAt }: Holding) => ({
  expiresAt: expiresAt?.toISOString() ?? null,
  createdAt: createdAt.toISOString(),
});

const namesOf = (member: User | ServiceAccount | undefined) => {
  if (member === undefined) return { email: null, firstName: null, lastName: null };
  if ('nameCanonical' in member) return { email: '', firstName: member.name, lastName: '' };
  const { email, firstName, lastName } = member;
  return { email, firstName, lastName };
};

export class MemberDto {
  @ApiProperty({ format: 'uuid', example: '01939f5c-7b0a-7c3e-8a51-3f1d2c4b5a69' })
  id!: string;

  @ApiProperty({
    type: String,
    nullable: true,
    description:
      'Null, as the names are: you may not view this user. Empty: a service account, whose name is the first one.',
    example: 'ann@example.com',
  })
  email!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'Ann' })
  firstName!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'Lee' })
  lastName!: string | null;

  @EndField()
  expiresAt!: string | null;

  @SinceField()
  createdAt!: string;

  /** @param member undefined: not for the eyes of whoever asks. */
  static of(this: void, fact: Belonging, member: User | ServiceAccount | undefined): MemberDto {
    return { id: fact.id, ...namesOf(member), ...timesOf(fact) };
  }
}

export class MemberPageDto {
  @ApiProperty({ type: [MemberDto], description: 'In the order of their ids.' })
  items!: readonly MemberDto[];

  @NextCursorField()
  nextCursor!: string | null;
}

export class IncludedGroupDto {
  @ApiProperty({ format: 'uuid', example: '01939f5c-a2b4-7d10-9c3e-5d7f8a9b0c1d' })
  id!: string;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Null: you may not view this group.',
    example: 'Trainees',
  })
  name!: string | null;

  @EndField()
  expiresAt!: string | null;

  @SinceField()
  createdAt!: string;

  static of(this: void, fact: Belonging, group: Group | undefined): IncludedGroupDto {
    return { id: fact.id, name: group?.name ?? null, ...timesOf(fact) };
  }
}

export class IncludedGroupPageDto {
  @ApiProperty({ type: [IncludedGroupDto], description: 'In the order of their ids.' })
  items!: readonly IncludedGroupDto[];

  @NextCursorField()
  nextCursor!: string | null;
}

export class GivenPermissionDto {
  @ApiProperty({ example: 'catalog.change_product' })
  permission!: string;

  @EndField()
  expiresAt!: string | null;

  @SinceField()
  createdAt!: string;

  static of(this: void, { permission, ...fact }: Given): GivenPermissionDto {
    return { permission, ...timesOf(fact) };
  }
}

export class GivenPermissionListDto {
  @ApiProperty({ type: [GivenPermissionDto], description: 'All of them, by name.' })
  items!: readonly GivenPermissionDto[];

  @NextCursorField()
  nextCursor!: string | null;
}
