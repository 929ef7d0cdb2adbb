import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { AnyObject, LineOfText } from '../../common/fields.js';
import { REGISTRATION } from '../../two-factor/passkeys/passkey.dto.js';
import type { Passkey } from '../../two-factor/passkeys/passkey.entity.js';

const NameField = (): PropertyDecorator =>
  LineOfText({
    description: 'What its owner calls it.',
    example: "Ann's phone",
    min: 1,
    max: 100,
  });

export class NewPasskeyDto {
  @NameField()
  name!: string;

  @AnyObject({
    description: 'What `navigator.credentials.create()` answered, as JSON (`toJSON()`).',
    example: REGISTRATION,
  })
  credential!: Readonly<Record<string, unknown>>;
}

export class PasskeyNameDto {
  @NameField()
  name!: string;
}

export class PasskeyDto {
  @ApiProperty({ format: 'uuid', example: '01939f5c-8c1d-7e60-9d3b-6a2f1e0c4b7d' })
  id!: string;

  @ApiProperty({ description: 'What its owner calls it.', example: "Ann's phone" })
  name!: string;

  @ApiProperty({ format: 'date-time', example: '2026-11-22T20:31:59.123Z' })
  createdAt!: string;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'Null: never since it was registered.',
    example: '2026-11-24T07:12:03.008Z',
  })
  lastUsedAt!: string | null;

  @ApiProperty({
    description:
      'Whether it is kept in more places than the device that made it, and outlives its loss.',
    example: true,
  })
  backedUp!: boolean;

  @ApiProperty({
    description:
      'Whether it may be the only thing shown (`POST /v1/auth/passkey`): its authenticator verified its bearer when it was registered.',
    example: true,
  })
  canSignInAlone!: boolean;

  @ApiProperty({
    type: [String],
    description: 'How browsers may reach it, as the browser said.',
    example: ['hybrid', 'internal'],
  })
  transports!: readonly string[];

  @ApiProperty({
    format: 'uuid',
    description: 'Which make of authenticator, as it says itself; zeros: it does not.',
    example: 'ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4',
  })
  aaguid!: string;

  static of(passkey: Passkey): PasskeyDto {
    const { id, name, createdAt, lastUsedAt, backedUp, userVerified, transports, aaguid } = passkey;
    return {
      id,
      name,
      createdAt: createdAt.toISOString(),
      lastUsedAt: lastUsedAt?.toISOString() ?? null,
      backedUp,
      canSignInAlone: userVerified,
      transports,
      aaguid,
    };
  }
}

export class PasskeysDto {
  @ApiProperty({ type: [PasskeyDto], description: 'Oldest first.' })
  items!: readonly PasskeyDto[];
}

export class AddedPasskeyDto extends PasskeyDto {
  @ApiPropertyOptional({
    type: [String],
    description: 'Shown once. Absent: there are good ones already.',
    example: ['7K3PZ-QX4MN-2VRTY-8WHJC-DFG65', 'B9TNW-5XKQP-3ZVRM-7HYJD-CFG24'],
  })
  recoveryCodes?: readonly string[];

  static with(passkey: Passkey, recoveryCodes?: readonly string[]): AddedPasskeyDto {
    return Object.assign(PasskeyDto.of(passkey), recoveryCodes && { recoveryCodes });
  }
}
