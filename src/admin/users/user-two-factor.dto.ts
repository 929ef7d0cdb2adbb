import { ApiProperty } from '@nestjs/swagger';
import { LineOfText } from '../../common/fields.js';
import type { ListedFactor } from '../../two-factor/factor-list.service.js';
import type { PendingReset } from '../../two-factor/two-factor-resets.service.js';

export class FactorResetDto {
  @LineOfText({
    description:
      'Why, and how it was made sure that it is her who asks. For the audit log; it is not mailed.',
    example: 'Lost her phone; recognised by two colleagues on a video call. Ticket 4711.',
    min: 1,
    max: 500,
  })
  reason!: string;
}

export class FactorResetRequestedDto {
  @ApiProperty({
    format: 'date-time',
    description: 'Until then it can be stopped.',
    example: '2026-11-28T07:12:45.020Z',
  })
  dueAt!: string;
}

export class UserFactorDto {
  @ApiProperty({ enum: ['totp', 'passkey'], example: 'totp' })
  method!: ListedFactor['method'];

  @ApiProperty({ format: 'date-time', example: '2026-11-22T20:31:59.123Z' })
  createdAt!: string;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'Null: never since.',
    example: '2026-11-24T07:12:03.480Z',
  })
  lastUsedAt!: string | null;

  static of(this: void, { method, createdAt, lastUsedAt }: ListedFactor): UserFactorDto {
    return {
      method,
      createdAt: createdAt.toISOString(),
      lastUsedAt: lastUsedAt?.toISOString() ?? null,
    };
  }
}

export class PendingFactorResetDto extends FactorResetRequestedDto {
  @ApiProperty({ format: 'date-time', example: '2026-11-25T07:12:45.020Z' })
  requestedAt!: string;

  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'Null: that account is gone, and the reset will not happen.',
    example: '01939f5c-7b0a-7c3e-8a51-3f1d2c4b5a69',
  })
  requestedBy!: string | null;

  static of(this: void, { requestedBy, createdAt, dueAt }: PendingReset): PendingFactorResetDto {
    return {
      requestedAt: createdAt.toISOString(),
      dueAt: dueAt.toISOString(),
      requestedBy,
    };
  }
}

/** Whether somebody has second factors, and nothing of what proves them. */
export class UserTwoFactorDto {
  @ApiProperty({ type: [UserFactorDto], description: 'Oldest first.' })
  factors!: readonly UserFactorDto[];

  @ApiProperty({ type: 'integer', description: 'How many are still good.', example: 9 })
  recoveryCodesLeft!: number;

  @ApiProperty({
    type: PendingFactorResetDto,
    nullable: true,
    description: 'Null: nobody asked to take them away.',
  })
  pendingReset!: PendingFactorResetDto | null;
}
