import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { validate as isUuid } from 'uuid';
import { AuditService } from '../audit/audit.service.js';
import { NotFound } from '../common/failures.js';
import type { Caller } from '../common/http/caller.js';
import type { Ends, SessionEvent } from '../sessions/session-endings.js';
import { SessionsService, type Whose } from '../sessions/sessions.service.js';
import { lockUser } from '../users/lock-user.js';
import { trustEndings } from './trust-endings.js';

/** Which of the trusted devices of a user: this one, or by the session that was opened on it last. */
const WHICH = {
  all: '$2::uuid IS NULL',
  one: 'id = $2',
  this: 'session_id = $2',
  others: 'session_id IS DISTINCT FROM $2::uuid',
} as const;

interface Ending extends Pick<Whose, 'userId' | 'caller'> {
  /** Absent: the event says who. */
  readonly actorId?: string;
  readonly reason: string;
}

/** Ends that devices stand for the second factor of their owner. It needs no proof: the account is safer without. */
@Injectable()
export class DistrustService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly audit: AuditService,
    sessions: SessionsService,
  ) {
    sessions.alsoEnding((manager, event, whose) => this.follow(manager, event, whose));
  }

  /** @throws NotFound also where somebody else trusts it */
  async one(userId: string, deviceId: string, caller: Caller): Promise<void> {
    if (!isUuid(deviceId)) throw new NotFound();
    const about = { userId, actorId: userId, caller, reason: 'device' };
    const ended = await this.dataSource.transaction((manager) =>
      this.end(manager, about, 'one', deviceId),
    );
    if (ended === 0) throw new NotFound();
  }

  async all(userId: string, caller: Caller): Promise<void> {
    const about = { userId, actorId: userId, caller, reason: 'all_devices' };
    await this.dataSource.transaction((manager) => this.end(manager, about, 'all', null));
  }

  private async follow(manager: EntityManager, event: SessionEvent, whose: Whose): Promise<void> {
    const ends: Ends = trustEndings[event] ?? 'none';
    if (ends === 'none') return;
    const session = ends === 'all' ? null : (whose.sessionId ?? null);
    await this.end(manager, { ...whose, reason: event }, ends, session);
  }

  /** The row of the user is locked first, as in every change of one: so none waits for another in a ring. */
  private async end(
    manager: EntityManager,
    { userId, actorId, caller, reason }: Ending,
    which: keyof typeof WHICH,
    id: string | null,
  ): Promise<number> {
    await lockUser(manager, userId);
    // Indexes: known_devices_pkey, known_devices_user_id_last_used_at_idx
    const ended = await manager.query<{ id: string }[]>(
      `WITH ended AS (
         UPDATE known_devices SET trusted_at = NULL, trusted_until = NULL
          WHERE user_id = $1 AND trusted_at IS NOT NULL AND ${WHICH[which]} RETURNING id)
       SELECT id FROM ended`,
      [userId, id],
    );
    if (ended.length === 0) return 0;
    const details = { reason, devices: ended.map((device) => device.id).join(' ') };
    const about = { actorId, subjectId: userId, caller, details };
    await this.audit.record(manager, { action: 'device_distrusted', outcome: 'success', ...about });
    return ended.length;
  }
}
