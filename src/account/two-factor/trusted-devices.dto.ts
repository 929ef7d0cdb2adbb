import { ApiProperty } from '@nestjs/swagger';
import type { TrustedDevice } from '../../login/trusted-devices.service.js';
import { describeDevice } from '../../mail/device.js';

/** A device that is not asked for the second factor. */
export class TrustedDeviceDto {
  @ApiProperty({ format: 'uuid', example: '01939f5c-8c1d-7e60-9d3b-6a2f1e0c4b7d' })
  id!: string;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'As the user named it.',
    example: "Ann's phone",
  })
  name!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Browser and system, as far as they are known.',
    example: 'Safari, iPhone',
  })
  userAgent!: string | null;

  @ApiProperty({
    format: 'date-time',
    description: 'When the second factor was shown on it.',
    example: '2026-11-22T20:31:59.123Z',
  })
  trustedAt!: string;

  @ApiProperty({
    format: 'date-time',
    description: 'Then it is asked for again. Signing in does not prolong it.',
    example: '2026-12-22T20:31:59.123Z',
  })
  trustedUntil!: string;

  @ApiProperty({
    format: 'date-time',
    description: 'The last sign-in.',
    example: '2026-11-23T07:12:45.020Z',
  })
  lastUsedAt!: string;

  @ApiProperty({ description: 'Whether the session that asks was opened on it.', example: true })
  current!: boolean;

  static of(device: TrustedDevice, currentSession: string | undefined): TrustedDeviceDto {
    const { id, name, userAgent, sessionId } = device;
    return {
      id,
      name,
      userAgent: describeDevice(userAgent ?? undefined) ?? null,
      trustedAt: device.trustedAt.toISOString(),
      trustedUntil: device.trustedUntil.toISOString(),
      lastUsedAt: device.lastUsedAt.toISOString(),
      current: sessionId !== null && sessionId === currentSession,
    };
  }
}

export class TrustedDevicesDto {
  @ApiProperty({ type: [TrustedDeviceDto], description: 'The one that was used last is first.' })
  items!: readonly TrustedDeviceDto[];
}
