import { ApiProperty } from '@nestjs/swagger';
import { Flag } from '../../common/fields.js';
import { EmailField } from '../../users/user-fields.js';
import { ProfileDto, UserDto } from '../../users/user.dto.js';
import type { User } from '../../users/user.entity.js';

/** What an account begins with that an administrator makes. Its password is chosen by its owner alone. */
export class NewUserDto extends ProfileDto {
  @EmailField({ description: 'Where the link to the first password is mailed.' })
  email!: string;
}

/** Fields that are left out stay. */
export class UserChangesDto extends ProfileDto {
  @Flag({
    description: 'False ends every session at once, and nobody signs in any more.',
    example: true,
    optional: true,
  })
  isActive?: boolean;

  @Flag({
    description: 'Works here. Changed by staff and superusers only, with a fresh proof.',
    example: false,
    optional: true,
  })
  isStaff?: boolean;

  @Flag({
    description: 'Holds every permission. Changed by superusers only, with a fresh proof.',
    example: false,
    optional: true,
  })
  isSuperuser?: boolean;
}

const Time = (description: string, example: string | null): PropertyDecorator =>
  ApiProperty({ type: String, format: 'date-time', nullable: true, description, example });

/** A user as the office sees her: nothing of her ways in. */
export class ManagedUserDto extends UserDto {
  @ApiProperty({ description: 'False: nobody can sign in.', example: true })
  isActive!: boolean;

  @Time('When an administrator made the account; null: its owner registered.', null)
  invitedAt!: string | null;

  @Time('When the owner closed it; null: open, or closed by an administrator.', null)
  leftAt!: string | null;

  @Time('When it is deleted for good, unless the owner comes back.', null)
  deletionDueAt!: string | null;

  @Time('The last sign-in; null: there was none.', '2026-11-23T07:12:45.020Z')
  lastLoginAt!: string | null;

  @ApiProperty({ format: 'date-time', example: '2026-11-22T20:31:59.123Z' })
  updatedAt!: string;

  static override of(this: void, user: User): ManagedUserDto {
    return Object.assign(UserDto.of(user), {
      isActive: user.isActive,
      invitedAt: textOf(user.invitedAt),
      leftAt: textOf(user.leftAt),
      deletionDueAt: textOf(user.deletionDueAt),
      lastLoginAt: textOf(user.lastLoginAt),
      updatedAt: user.updatedAt.toISOString(),
    });
  }
}

export class ManagedUserPageDto {
  @ApiProperty({
    type: [ManagedUserDto],
    description: 'Oldest first. A page may be short and yet have a next one.',
  })
  items!: readonly ManagedUserDto[];

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Ask for what follows with `?cursor=`; null: there is no more.',
    example: null,
  })
  nextCursor!: string | null;
}

export class LinkSentDto {
  @ApiProperty({ enum: ['link_sent'], example: 'link_sent' })
  status!: 'link_sent';
}

const textOf = (time: Date | null): string | null => time?.toISOString() ?? null;
