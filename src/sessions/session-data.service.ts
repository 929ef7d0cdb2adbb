import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { SessionExpired } from '../access/access.errors.js';
import { SessionDataInvalid, SessionDataTooLarge } from './sessions.errors.js';

/** What PostgreSQL says of NUL characters and of halves of surrogate pairs: 22P05, 22P02, 22021. */
const UNSTORABLE: ReadonlySet<string | undefined> = new Set(['22P05', '22P02', '22021']);

export type SessionData = Readonly<Record<string, unknown>>;

/**
 * A little JSON (16 KiB) beside each session, for the application's own use: a basket, a wizard's step. It
 * lives and ends with the session. Writes only ever update: a session that ended meanwhile is never brought
 * back (Django #21608), and two writers at once keep each other's keys.
 */
@Injectable()
export class SessionDataService {
  constructor(private readonly dataSource: DataSource) {}

  /** @throws SessionExpired if the session has ended */
  async read(sessionId: string): Promise<SessionData> {
    const [row] = await this.dataSource.query<{ data: SessionData }[]>(
      'SELECT data FROM sessions WHERE id = $1', // sessions_pkey
      [sessionId],
    );
    if (row === undefined) throw new SessionExpired();
    return row.data;
  }

  /**
   * Sets these keys and leaves the others; null takes a key away. Returns all that is there now.
   * @throws SessionExpired if the session has ended, SessionDataTooLarge, SessionDataInvalid
   */
  async merge(sessionId: string, changes: SessionData): Promise<SessionData> {
    const gone = Object.keys(changes).filter((key) => changes[key] === null);
    const written = this.dataSource.query<{ data: SessionData }[]>(
      `WITH changed AS (
         UPDATE sessions SET data = (data || $2::jsonb) - $3::text[] WHERE id = $1 RETURNING data)
       SELECT data FROM changed`,
      [sessionId, JSON.stringify(changes), gone],
    );
    const [row] = await written.catch(explain);
    if (row === undefined) throw new SessionExpired();
    return row.data;
  }
}

function explain(error: unknown): never {
  const { driverError } = Object(error) as { driverError?: { constraint?: string; code?: string } };
  if (driverError?.constraint === 'sessions_data_size') throw new SessionDataTooLarge();
  throw UNSTORABLE.has(driverError?.code) ? new SessionDataInvalid() : error;
}
