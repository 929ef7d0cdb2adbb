import { ApiProperty } from '@nestjs/swagger';
import {
  FirstNameField,
  LastNameField,
  LocaleField,
  OrganizationField,
  PhoneNumberField,
  TimezoneField,
} from './user-fields.js';
import type { User } from './user.entity.js';

/** What a user may say of herself. A field of the team's own goes here and into `UserDto`. */
export class ProfileDto {
  @FirstNameField()
  firstName?: string;

  @LastNameField()
  lastName?: string;

  @LocaleField()
  locale?: string | null;

  @PhoneNumberField()
  phoneNumber?: string | null;

  @OrganizationField()
  organization?: string | null;

  @TimezoneField()
  timezone?: string | null;
}

/** A user as she herself sees it. */
export class UserDto {
  @ApiProperty({
    format: 'uuid',
    description: 'Never changes.',
    example: '01939f5c-7b0a-7c3e-8a51-3f1d2c4b5a69',
  })
  id!: string;

  @ApiProperty({
    description: 'As it was typed. Empty: a service account, by its key.',
    example: 'ann@example.com',
  })
  email!: string;

  @ApiProperty({ description: 'Whether the owner proved the address.', example: true })
  emailVerified!: boolean;

  @ApiProperty({
    description: 'Empty: not given. Of a service account its name.',
    example: 'Ann',
  })
  firstName!: string;

  @ApiProperty({ description: 'Empty: not given.', example: 'Lee' })
  lastName!: string;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The language of your mails; null: that of the service.',
    example: 'de-AT',
  })
  locale!: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'E.164.', example: '+4930123456' })
  phoneNumber!: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'In words.', example: 'Example Ltd' })
  organization!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'IANA name.',
    example: 'Europe/Berlin',
  })
  timezone!: string | null;

  @ApiProperty({ description: 'Works here.', example: false })
  isStaff!: boolean;

  @ApiProperty({ description: 'Holds every permission.', example: false })
  isSuperuser!: boolean;

  @ApiProperty({ format: 'date-time', example: '2026-11-22T20:31:59.123Z' })
  createdAt!: string;

  static of(user: User): UserDto {
    return {
      id: user.id,
      email: user.email,
      emailVerified: user.emailVerifiedAt !== null,
      firstName: user.firstName,
      lastName: user.lastName,
      locale: user.locale,
      phoneNumber: user.phoneNumber,
      organization: user.organization,
      timezone: user.timezone,
      isStaff: user.isStaff,
      isSuperuser: user.isSuperuser,
      createdAt: user.createdAt.toISOString(),
    };
  }
}
