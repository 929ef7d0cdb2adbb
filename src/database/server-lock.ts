import pg from 'pg';

/** Names the lock that says "a server runs on this data". */
const LOCK = 7_165_201_989;
/** Milliseconds. */
const RETRY_EVERY = 1000;

/**
 * Held for as long as this process serves the embedded database, on a connection of its own: PostgreSQL
 * lets go of it when the process dies, however it dies, so there is no stale lock to clean up.
 */
export class ServerLock {
  #client: pg.Client | undefined;
  #released = false;

  private constructor(private readonly url: string) {}

  /** Undefined: another process serves this data. */
  static async take(url: string): Promise<ServerLock | undefined> {
    const lock = new ServerLock(url);
    return (await lock.acquire()) ? lock : undefined;
  }

  async release(): Promise<void> {
    this.#released = true;
    await this.#client?.end().catch(() => undefined);
  }

  private async acquire(): Promise<boolean> {
    const client = new pg.Client({
      connectionString: this.url,
      application_name: 'gatehouse-lock',
      connectionTimeoutMillis: 5000,
    });
    client.on('error', () => undefined);
    await client.connect();
    const { rows } = await client.query<{ taken: boolean }>(
      'SELECT pg_try_advisory_lock($1) AS taken',
      [LOCK],
    );
    if (!rows[0]?.taken) {
      await client.end();
      return false;
    }
    this.#client = client;
    client.once('end', () => {
      this.reacquire();
    });
    return true;
  }

  /** The database was started again: the lock went with the old one. */
  private reacquire(): void {
    if (this.#released) return;
    setTimeout(() => {
      this.acquire().then(
        (taken) => {
          if (!taken) this.reacquire();
        },
        () => {
          this.reacquire();
        },
      );
    }, RETRY_EVERY).unref();
  }
}
