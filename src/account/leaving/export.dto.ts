import { ApiProperty } from '@nestjs/swagger';

const rows = (description: string, example: object) =>
  ApiProperty({
    type: 'array',
    items: { type: 'object', additionalProperties: true },
    description,
    example: [example],
  });

/** One list for each table that holds something of the user. */
export class ExportDto {
  @ApiProperty({ format: 'date-time', example: '2026-11-22T20:31:59.123Z' })
  exportedAt!: string;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: 'Every column of the account but the password.',
    example: { id: '01939f5c-7b0a-7c3e-8a51-3f1d2c4b5a69', email: 'ann@example.com' },
  })
  profile!: object;

  @rows('Where you are signed in.', { id: '01939f5c-8c1d-7e60-9d3b-6a2f1e0c4b7d' })
  sessions!: object[];

  @rows('Devices that signed in before.', { createdAt: '2026-11-22T20:31:59.123Z' })
  knownDevices!: object[];

  @rows('Links that were mailed and work still.', { purpose: 'change_email' })
  pendingLinks!: object[];

  @rows('What happened to the account.', { action: 'sign_in', outcome: 'success' })
  securityEvents!: object[];
}
