import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { Clock } from '../common/clock.js';
import { Settings } from '../config/settings.js';
import { PreparedStatement } from '../database/prepared.js';
import type { User } from '../users/user.entity.js';
import { UsersService } from '../users/users.service.js';
import type { Device } from './device.js';
import { Session } from './session.entity.js';

/** A session that lives, and what its owner is. */
export interface LiveSession {
  readonly id: string;
  readonly user_id: string;
  readonly methods: string[];
  readonly authenticated_at: Date;
  readonly is_staff: boolean;
  readonly is_superuser: boolean;
}

// Indexes: sessions_pkey, users_pkey
const live = new PreparedStatement<LiveSession>(
  'sessions.live',
  `SELECT s.id, s.user_id, s.methods, s.authenticated_at, u.is_staff, u.is_superuser
     FROM sessions s JOIN users u ON u.id = s.user_id
    WHERE s.id = $1 AND s.expires_at > $2 AND u.is_active`,
);

/** The only place that queries `sessions`; one prepared statement reads the owner's state beside. */
@Injectable()
export class SessionsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly users: UsersService,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  /**
   * Opens a session and notes the sign-in. Undefined: between the check of the password and now the user
   * was deactivated or her credentials changed, so what was proved no longer counts.
   */
  async open(user: User, methods: readonly string[], device: Device): Promise<Session | undefined> {
    const now = this.clock.now();
    return this.dataSource.transaction(async (manager) => {
      if (!(await this.users.noteSignIn(manager, user, now))) return undefined;
      const session = this.row(user, methods, device, now);
      await manager.createQueryBuilder().insert().into(Session).values(session).execute();
      return session;
    });
  }

  /** Undefined: there is none, it has ended, or its owner is not active. */
  async findLive(id: string): Promise<LiveSession | undefined> {
    const [session] = await live.run(this.dataSource.manager, [id, this.clock.now()]);
    return session;
  }

  /** Ends every session of a user; part of the change that demands it. Returns how many. */
  async endAllOf(manager: EntityManager, userId: string): Promise<number> {
    const { affected } = await manager
      .createQueryBuilder()
      .delete()
      .from(Session)
      .where('user_id = :userId', { userId })
      .execute();
    return affected ?? 0;
  }

  private row(user: User, methods: readonly string[], device: Device, now: Date): Session {
    return {
      id: uuidv7({ msecs: now.getTime() }),
      userId: user.id,
      methods: [...methods],
      authenticatedAt: now,
      createdAt: now,
      lastSeenAt: now,
      expiresAt: new Date(now.getTime() + this.settings.sessionCookieAge * 1000),
      ip: device.ip,
      userAgent: device.userAgent,
      deviceName: device.name,
      transport: device.transport,
    };
  }
}
