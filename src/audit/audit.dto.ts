import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ValidateBy, ValidateIf } from 'class-validator';
import { validate as isUuid } from 'uuid';
import { Choice } from '../common/fields.js';
import { PageQuery } from '../common/paging.js';
import { AUDIT_ACTIONS, type AuditAction } from './audit-actions.js';
import type { AuditEvent, AuditOutcome } from './audit-event.entity.js';
import type { Details } from './audit-proofs.js';

const IsId = (): PropertyDecorator =>
  ValidateBy(
    { name: 'isId', validator: { validate: (value) => isUuid(value) } },
    { message: 'It must be an id.', context: { code: 'invalid_id' } },
  );
const IfGiven = (): PropertyDecorator => ValidateIf((_, value) => value !== undefined);

export class AuditQuery extends PageQuery {
  @ApiPropertyOptional({
    format: 'uuid',
    description: 'Only what concerns this account or group.',
    example: '01939f5c-7b0a-7c3e-8a51-3f1d2c4b5a69',
  })
  @IfGiven()
  @IsId()
  subjectId?: string;

  @ApiPropertyOptional({
    format: 'uuid',
    description: 'Only what this user did.',
    example: '01939f5c-7b0a-7c3e-8a51-3f1d2c4b5a69',
  })
  @IfGiven()
  @IsId()
  actorId?: string;

  @Choice(AUDIT_ACTIONS, {
    description: 'Only this kind of event.',
    example: 'sign_in',
    optional: true,
  })
  action?: AuditAction;
}

/** An event as the one whom it is about sees it. */
export class SecurityEventDto {
  @ApiProperty({ format: 'uuid', example: '01939f5c-8c1d-7e60-9d3b-6a2f1e0c4b7d' })
  id!: string;

  @ApiProperty({ format: 'date-time', example: '2026-11-22T20:31:59.123Z' })
  occurredAt!: string;

  @ApiProperty({ enum: AUDIT_ACTIONS, description: 'What happened.', example: 'sign_in' })
  action!: AuditAction;

  @ApiProperty({ enum: ['success', 'failure'], example: 'success' })
  outcome!: AuditOutcome;

  @ApiProperty({ description: 'How many alike this one stands for.', example: 1 })
  count!: number;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'From where; null: unknown, erased, or not yours to be told.',
    example: '203.0.113.7',
  })
  ip!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'As the client named itself.',
    example: 'Mozilla/5.0 (iPhone; CPU iPhone OS 26_1 like Mac OS X)',
  })
  userAgent!: string | null;

  @ApiProperty({
    type: Object,
    nullable: true,
    additionalProperties: true,
    description: 'More, depending on the action: `reason` of a failure, `sessionId`, `methods`.',
    example: { methods: 'pwd' },
  })
  details!: Details | null;

  /** Where an administrator sat who did it is not the owner's to be told. */
  static of(this: void, event: AuditEvent): SecurityEventDto {
    const { actorId, subjectId } = event;
    const seen = everythingOf(event);
    if (actorId === null || actorId === subjectId) return seen;
    return Object.assign(seen, { ip: null, userAgent: null });
  }
}

function everythingOf(event: AuditEvent): SecurityEventDto {
  const { id, action, outcome, count, ip, userAgent, details } = event;
  const occurredAt = event.occurredAt.toISOString();
  return { id, occurredAt, action, outcome, count, ip, userAgent, details };
}

export class AuditEventDto extends SecurityEventDto {
  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'Who did it; null: nobody knows, or the server itself.',
    example: '01939f5c-7b0a-7c3e-8a51-3f1d2c4b5a69',
  })
  actorId!: string | null;

  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'Which account or group it is about.',
    example: '01939f5c-7b0a-7c3e-8a51-3f1d2c4b5a69',
  })
  subjectId!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'As in the log and in `X-Request-Id`; null: it came from no request.',
    example: '8f14e45fceea-000a',
  })
  requestId!: string | null;

  @ApiProperty({
    description: 'Whether address, client and details were erased with the person.',
    example: false,
  })
  erased!: boolean;

  static override of(this: void, event: AuditEvent): AuditEventDto {
    const { actorId, subjectId, requestId, salt } = event;
    const erased = salt === null;
    return Object.assign(everythingOf(event), { actorId, subjectId, requestId, erased });
  }
}

const NEXT_CURSOR = {
  type: String,
  nullable: true,
  description: 'Ask for what follows with `?cursor=`; null: there is no more.',
  example: null,
} as const;

export class SecurityEventPageDto {
  @ApiProperty({ type: [SecurityEventDto], description: 'Newest first.' })
  items!: readonly SecurityEventDto[];

  @ApiProperty(NEXT_CURSOR)
  nextCursor!: string | null;
}

export class AuditEventPageDto {
  @ApiProperty({ type: [AuditEventDto], description: 'Newest first.' })
  items!: readonly AuditEventDto[];

  @ApiProperty(NEXT_CURSOR)
  nextCursor!: string | null;
}
