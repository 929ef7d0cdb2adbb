import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

const asNumber = { to: (value: number) => value, from: (value: string) => Number(value) };

/** The newest place of the chain, proved: without it nobody would miss the newest events. One row. */
@Entity('audit_head')
@Check('audit_head_one_row', '"id" = 1')
export class AuditHead {
  @PrimaryColumn('smallint', { primaryKeyConstraintName: 'audit_head_pkey' })
  id!: number;

  @Column('bigint', { transformer: asNumber })
  sequence!: number;

  @Column('bytea')
  hash!: Buffer;

  @Column('bytea')
  mac!: Buffer;
}

/** A run of places whose events were retired; the chain is verified from its last hash on. */
@Entity('audit_retired_runs')
@Check('audit_retired_runs_order', '"first_sequence" <= "last_sequence"')
export class AuditRetiredRun {
  @PrimaryColumn('bigint', {
    primaryKeyConstraintName: 'audit_retired_runs_pkey',
    transformer: asNumber,
  })
  firstSequence!: number;

  @Column('bigint', { transformer: asNumber })
  lastSequence!: number;

  @Column('bytea')
  lastHash!: Buffer;

  @Column('bytea')
  mac!: Buffer;
}
