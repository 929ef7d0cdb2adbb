import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Page, type PageQuery, pageOf, rowsFor, startOf } from '../common/paging.js';
import type { AuditAction } from './audit-actions.js';
import { AuditEvent } from './audit-event.entity.js';

/** Which events are asked for. */
export interface Filter {
  readonly subjectId?: string;
  readonly actorId?: string;
  readonly action?: AuditAction;
}

/** Reads the log book. */
@Injectable()
export class AuditListService {
  constructor(private readonly dataSource: DataSource) {}

  /** Newest first. */
  async find(filter: Filter, page: PageQuery): Promise<Page<AuditEvent>> {
    const query = this.dataSource
      .getRepository(AuditEvent)
      .createQueryBuilder('event')
      .orderBy('event.id', 'DESC') // audit_events_pkey
      .limit(rowsFor(page));
    const { subjectId, actorId, action } = filter;
    if (subjectId !== undefined) query.andWhere('event.subjectId = :subjectId', { subjectId }); // audit_events_subject
    if (actorId !== undefined) query.andWhere('event.actorId = :actorId', { actorId }); // audit_events_actor
    if (action !== undefined) query.andWhere('event.action = :action', { action }); // audit_events_action
    const start = startOf(page);
    if (start !== null) query.andWhere('event.id < :start', { start });
    return pageOf(await query.getMany(), page);
  }
}
