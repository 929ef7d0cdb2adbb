import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { AuditAction } from './audit-actions.js';
import type { Details } from './audit-proofs.js';

export type AuditOutcome = 'success' | 'failure';

/** Whole numbers up to 2^53 as numbers; the driver reads bigint as text. */
const asNumber = {
  to: (value: number | null) => value,
  from: (value: string | null) => (value === null ? null : Number(value)),
};

/**
 * Something that happened. Written once: a trigger lets nothing through but the place in the chain and the
 * erasure of the personal part. Partitioned by month of the id, whose first bits are the time. No foreign
 * key: the log outlives those it tells of.
 */
@Entity('audit_events')
@Check('audit_events_outcome', `"outcome" IN ('success', 'failure')`)
@Check('audit_events_place', `("sequence" IS NULL) = ("hash" IS NULL)`)
@Check(
  'audit_events_erased',
  `"salt" IS NOT NULL OR ("ip" IS NULL AND "user_agent" IS NULL AND "details" IS NULL)`,
)
@Index('audit_events_subject', ['subjectId', 'id'], { where: 'subject_id IS NOT NULL' })
@Index('audit_events_actor', ['actorId', 'id'], { where: 'actor_id IS NOT NULL' })
@Index('audit_events_action', ['action', 'id'])
@Index('audit_events_sequence', ['sequence'])
@Index('audit_events_unsealed', ['id'], { where: 'sequence IS NULL' })
export class AuditEvent {
  /** UUIDv7. */
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'audit_events_pkey' })
  id!: string;

  @Column({ type: 'timestamptz', precision: 3 })
  occurredAt!: Date;

  @Column('varchar', { length: 64 })
  action!: AuditAction;

  @Column('varchar', { length: 8 })
  outcome!: AuditOutcome;

  /** Who did it, if it is known. */
  @Column('uuid', { nullable: true })
  actorId!: string | null;

  /** Which account or group it is about. */
  @Column('uuid', { nullable: true })
  subjectId!: string | null;

  @Column('varchar', { length: 64, nullable: true })
  requestId!: string | null;

  /** How many alike were folded into this one. */
  @Column('integer', { default: 1 })
  count!: number;

  @Column('varchar', { length: 45, nullable: true })
  ip!: string | null;

  @Column('varchar', { length: 512, nullable: true })
  userAgent!: string | null;

  @Column('jsonb', { nullable: true })
  details!: Details | null;

  /** Null: the personal part was erased. */
  @Column('bytea', { nullable: true })
  salt!: Buffer | null;

  /** Binds the personal part (`commitmentOf`). */
  @Column('bytea')
  commitment!: Buffer;

  /** Binds everything else, the commitment too. */
  @Column('bytea')
  mac!: Buffer;

  /** The place in the chain; null: not sealed yet. */
  @Column('bigint', { nullable: true, transformer: asNumber })
  sequence!: number | null;

  @Column('bytea', { nullable: true })
  hash!: Buffer | null;
}
