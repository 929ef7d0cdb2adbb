import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../common/clock.js';
import { Settings } from '../config/settings.js';

/** Milliseconds between two writes. */
const INTERVAL = 60_000;
/** Milliseconds before a write that cannot wait for the next one. */
const SOON = 100;
/** Rows a statement. */
const BATCH = 5000;
/** Sessions that wait for a write at most: more are written at once, so that they cost no memory. */
const MOST = 20_000;

/**
 * When each session was used last: gathered in memory, written once a minute for all of them together, and sooner
 * when they are many.
 */
@Injectable()
export class LastSeenService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #logger = new Logger('Sessions');
  #seen = new Map<string, number>();
  /** On its way to the database. */
  #leaving = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;
  #soon: NodeJS.Timeout | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.#timer = setInterval(() => {
      this.tryWrite();
    }, INTERVAL).unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.#timer);
    clearTimeout(this.#soon);
    await this.write().catch(() => undefined);
  }

  /**
   * It is used now. `stored`: what the table says, in milliseconds. Where other nodes, which know the table alone,
   * would hold it for idle before the next write, it is written at once.
   */
  note(sessionId: string, stored: number): void {
    const now = this.clock.millis();
    this.#seen.set(sessionId, now);
    if (this.#seen.size < MOST && !this.isLate(now - stored)) return;
    this.#soon ??= setTimeout(() => {
      this.#soon = undefined;
      this.tryWrite();
    }, SOON).unref();
  }

  private isLate(unwritten: number): boolean {
    const { sessionIdleTimeout: idle } = this.settings;
    return idle > 0 && unwritten >= idle * 1000 - 2 * INTERVAL;
  }

  /** What the table says now, in milliseconds; undefined: the session has ended. */
  async stored(sessionId: string): Promise<number | undefined> {
    const [row] = await this.dataSource.query<{ last_seen_at: Date }[]>(
      'SELECT last_seen_at FROM sessions WHERE id = $1', // sessions_pkey
      [sessionId],
    );
    return row?.last_seen_at.getTime();
  }

  /** The time before which a session must not have been used last; undefined: any will do. */
  earliest(): Date | undefined {
    const { sessionIdleTimeout: idle } = this.settings;
    return idle === 0 ? undefined : new Date(this.clock.millis() - idle * 1000);
  }

  /** Whether it lay unused for too long (ASVS 7.3.1). `stored`: what the table says, in milliseconds. */
  isIdle(sessionId: string, stored: number): boolean {
    const { sessionIdleTimeout: idle } = this.settings;
    if (idle === 0) return false;
    const earliest = this.clock.millis() - idle * 1000;
    return stored < earliest && (this.of(sessionId) ?? 0) < earliest;
  }

  /** In milliseconds since the epoch; undefined: this node knows no more than the table. */
  of(sessionId: string): number | undefined {
    return this.#seen.get(sessionId) ?? this.#leaving.get(sessionId);
  }

  /** Forward only: another node may have seen the session later. */
  async write(): Promise<void> {
    if (this.#leaving.size > 0 || this.#seen.size === 0) return;
    [this.#leaving, this.#seen] = [this.#seen, this.#leaving];
    try {
      const entries = [...this.#leaving];
      for (let i = 0; i < entries.length; i += BATCH) {
        await this.writeSome(entries.slice(i, i + BATCH));
      }
    } catch (error) {
      this.takeBack();
      throw error;
    } finally {
      this.#leaving = new Map();
    }
  }

  private tryWrite(): void {
    this.write().catch(() => {
      this.#logger.warn('When sessions were last seen is written later');
    });
  }

  private takeBack(): void {
    for (const [id, millis] of this.#leaving) if (!this.#seen.has(id)) this.#seen.set(id, millis);
  }

  private async writeSome(entries: readonly (readonly [string, number])[]): Promise<void> {
    // Index: sessions_pkey. In one order on every node, so that two of them cannot wait for each other.
    await this.dataSource.query(
      `UPDATE sessions s SET last_seen_at = seen.at
         FROM (SELECT l.id, l.at FROM sessions x
                 JOIN unnest($1::uuid[], $2::timestamptz[]) AS l(id, at) ON l.id = x.id
                WHERE l.at > x.last_seen_at ORDER BY x.id FOR NO KEY UPDATE OF x) AS seen
        WHERE s.id = seen.id`,
      [entries.map(([id]) => id), entries.map(([, millis]) => new Date(millis))],
    );
  }
}
