import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../common/clock.js';
import { type Page, type PageQuery, pageOf, rowsFor, startOf } from '../common/paging.js';
import { LastSeenService } from './last-seen.service.js';
import { Session } from './session.entity.js';

/** A session without its secrets. */
export type SessionView = Pick<
  Session,
  'id' | 'createdAt' | 'lastSeenAt' | 'expiresAt' | 'ip' | 'userAgent' | 'deviceName' | 'transport'
>;

const COLUMNS = [
  'id',
  'createdAt',
  'lastSeenAt',
  'expiresAt',
  'ip',
  'userAgent',
  'deviceName',
  'transport',
].map((column) => `session.${column}`);

/** The devices of a user. */
@Injectable()
export class SessionListService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly lastSeen: LastSeenService,
    private readonly clock: Clock,
  ) {}

  /** Those that live, newest first. */
  async of(userId: string, page: PageQuery): Promise<Page<SessionView>> {
    const query = this.dataSource
      .getRepository(Session)
      .createQueryBuilder('session')
      .select(COLUMNS)
      .where('session.userId = :userId', { userId }) // sessions_user_id_id_idx
      .andWhere('session.expiresAt > :now', { now: this.clock.now() })
      .orderBy('session.id', 'DESC')
      .limit(rowsFor(page));
    const start = startOf(page);
    if (start !== null) query.andWhere('session.id < :start', { start });
    const rows = (await query.getMany()).map((session) => this.withLastSeen(session));
    const { items, nextCursor } = pageOf(rows, page);
    const living = items.filter(
      ({ id, lastSeenAt }) => !this.lastSeen.isIdle(id, lastSeenAt.getTime()),
    );
    return { items: living, nextCursor };
  }

  /** What this node has seen and not written yet is later than what the table says. */
  private withLastSeen(session: SessionView): SessionView {
    const seen = this.lastSeen.of(session.id) ?? 0;
    const lastSeenAt = new Date(Math.max(seen, session.lastSeenAt.getTime()));
    return Object.assign(session, { lastSeenAt });
  }
}
