import { ApiProperty } from '@nestjs/swagger';
import type { SessionView } from '../../sessions/session-list.service.js';

/** A device as its owner sees it: nothing of what carries the session. */
export class SessionDto {
  @ApiProperty({ format: 'uuid', example: '01939f5c-8c1d-7e60-9d3b-6a2f1e0c4b7d' })
  id!: string;

  @ApiProperty({ format: 'date-time', example: '2026-11-22T20:31:59.123Z' })
  createdAt!: string;

  @ApiProperty({
    format: 'date-time',
    description: 'To the minute.',
    example: '2026-11-22T21:02:07.480Z',
  })
  lastSeenAt!: string;

  @ApiProperty({
    format: 'date-time',
    description: 'The latest that it can end.',
    example: '2026-12-06T20:31:59.123Z',
  })
  expiresAt!: string;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'From where it was opened.',
    example: '203.0.113.7',
  })
  ip!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'As the client named itself then.',
    example: 'Mozilla/5.0 (iPhone; CPU iPhone OS 26_1 like Mac OS X)',
  })
  userAgent!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'As the user named it.',
    example: "Ann's phone",
  })
  deviceName!: string | null;

  @ApiProperty({ enum: ['token', 'cookie'], example: 'token' })
  transport!: 'token' | 'cookie';

  @ApiProperty({ description: 'Whether it is the one that asks.', example: true })
  current!: boolean;

  static of(view: SessionView, currentId: string | undefined): SessionDto {
    return {
      id: view.id,
      createdAt: view.createdAt.toISOString(),
      lastSeenAt: view.lastSeenAt.toISOString(),
      expiresAt: view.expiresAt.toISOString(),
      ip: view.ip,
      userAgent: view.userAgent,
      deviceName: view.deviceName,
      transport: view.transport,
      current: view.id === currentId,
    };
  }
}

export class SessionPageDto {
  @ApiProperty({ type: [SessionDto], description: 'Newest first.' })
  items!: readonly SessionDto[];

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Ask for what follows with `?cursor=`; null: there is no more.',
    example: null,
  })
  nextCursor!: string | null;
}
