import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { AuditService } from '../audit/audit.service.js';
import { afterCommit } from '../database/after-commit.js';
import { NewsService } from '../database/news/news.service.js';
import type { Device } from './device.js';
import { reauthenticated, sessionsEnded, signedIn } from './session-audit.js';
import type { SessionEvent } from './session-endings.js';
import type { NewSession } from './session-row.js';
import type { Whose } from './sessions.service.js';

interface Row {
  readonly id: string;
}

/** Tells of what happened to sessions: this node's memory, and the log book. */
@Injectable()
export class SessionChronicle {
  constructor(
    private readonly news: NewsService,
    private readonly audit: AuditService,
  ) {}

  opened(manager: EntityManager, session: NewSession, device: Device): Promise<void> {
    return this.audit.record(manager, signedIn(session, device));
  }

  reauthenticated(manager: EntityManager, whose: Required<Whose>): Promise<void> {
    return this.audit.record(manager, reauthenticated(whose));
  }

  async ended(
    manager: EntityManager,
    rows: readonly Row[],
    event: SessionEvent,
    whose: Whose,
  ): Promise<void> {
    for (const { id } of rows) this.changed(manager, id);
    const happening = sessionsEnded(event, whose, rows.length);
    if (happening && rows.length > 0) await this.audit.record(manager, happening);
  }

  /** Other nodes hear it from the database; this one is not to answer before it knows. */
  changed(manager: EntityManager, id: string): void {
    const tell = () => {
      this.news.tell('sessions', id);
    };
    if (manager.queryRunner?.isTransactionActive) afterCommit(manager, tell);
    else tell();
  }
}
