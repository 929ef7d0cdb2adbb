import { ApiProperty } from '@nestjs/swagger';
import { AnyText, Flag } from '../../common/fields.js';
import type { Level } from '../../sessions/proof.js';
import type { FactorSummary } from '../../two-factor/factor-rows.service.js';

const CODES = ['7Q2M-XK4D-9F0B-TR6W-C3HZN-5VJ8A', 'B8W1-0GZ5-ME7Y-4NQC-2XT9K-DR3HP', '…'];

export class TotpFactorDto {
  @ApiProperty({ format: 'date-time', example: '2026-11-22T20:31:59.123Z' })
  createdAt!: string;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'Null: never since it was set up.',
    example: '2026-11-24T07:12:03.480Z',
  })
  lastUsedAt!: string | null;
}

/** What somebody has set up, and what for. */
export class TwoFactorDto {
  @ApiProperty({
    type: TotpFactorDto,
    nullable: true,
    description: 'The authenticator app; null: there is none.',
  })
  totp!: TotpFactorDto | null;

  @ApiProperty({ type: 'integer', description: 'How many there are.', example: 1 })
  passkeys!: number;

  @ApiProperty({ type: 'integer', description: 'How many are still good.', example: 9 })
  recoveryCodesLeft!: number;

  @ApiProperty({
    description: 'Whether this account must have one, so that the last one cannot be removed.',
    example: false,
  })
  required!: boolean;

  @ApiProperty({
    enum: ['enrollment', 'aal1', 'aal2'],
    description:
      'Of the session that asks, `acr` in access tokens. aal2: a second factor was proved in it; aal1: none was; enrollment: one must be set up before anything else is open.',
    example: 'aal2',
  })
  level!: Level;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'Until then this session may go without; null: no such time is set.',
    example: null,
  })
  dueAt!: string | null;

  static of(
    summary: FactorSummary,
    required: boolean,
    { level, enrollBy }: { readonly level: Level; readonly enrollBy: Date | null },
  ): TwoFactorDto {
    const { totp, passkeys, recoveryCodesLeft } = summary;
    return {
      totp: totp && {
        createdAt: totp.createdAt.toISOString(),
        lastUsedAt: totp.lastUsedAt?.toISOString() ?? null,
      },
      passkeys,
      recoveryCodesLeft,
      required,
      level,
      dueAt: enrollBy?.toISOString() ?? null,
    };
  }
}

export class BeginTotpDto {
  @Flag({
    description: 'To set up another app in place of the one that there is.',
    example: false,
    optional: true,
  })
  replace?: boolean;
}

export class TotpSetUpDto {
  @ApiProperty({
    description: 'Base32, for typing it in. Shown now and never again.',
    example: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP',
  })
  secret!: string;

  @ApiProperty({
    description: 'The same for an app on this device: a link that opens it.',
    example:
      'otpauth://totp/Gatehouse:ann%40example.com?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Gatehouse&algorithm=SHA1&digits=6&period=30',
  })
  otpauthUri!: string;

  @ApiProperty({
    description: 'The same as a picture: the `src` of an `img` (SVG as a data URI).',
    example: 'data:image/svg+xml;base64,PHN2Zy8+',
  })
  qrCode!: string;

  @ApiProperty({
    type: 'integer',
    description: 'Seconds that there are to confirm it.',
    example: 900,
  })
  expiresIn!: number;
}

export class ConfirmTotpDto {
  @AnyText({
    description: 'The six digits that the app shows.',
    example: '492039',
    writeOnly: true,
    max: 64,
  })
  code!: string;
}

export class RecoveryCodesDto {
  @ApiProperty({
    type: [String],
    description:
      'Ten. Each stands in once for a lost factor; case, spaces and hyphens do not matter. Shown now and never again.',
    example: CODES,
  })
  recoveryCodes!: readonly string[];
}

export class ConfirmedFactorDto {
  @ApiProperty({
    type: [String],
    nullable: true,
    description:
      'With the first factor: as in `POST …/recovery-codes`. Null: there are some already.',
    example: CODES,
  })
  recoveryCodes!: readonly string[] | null;
}
