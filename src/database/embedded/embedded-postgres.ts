import { setTimeout as sleep } from 'node:timers/promises';
import { type Tenure, type Wishes, obtain } from './obtain.js';
import { placesIn } from './places.js';
import { isTaken } from './process-identity.js';

/** A real PostgreSQL that came with `npm install`, running for as long as somebody uses it. */
export interface EmbeddedPostgres {
  /** Over a unix socket; stays the same when the database is started again. */
  readonly url: string;
  /** The server that runs now was started by another process, which will stop it. */
  readonly adopted: boolean;
  /** Stops the database if this process has started it, and ends the supervision. Close the pools first. */
  stop(): Promise<void>;
}

export interface EmbeddedPostgresOptions {
  /** False: faster, and lost with the machine. For tests. */
  readonly durable?: boolean;
  /** Told what the operator should know; one line each. */
  readonly onLog?: (message: string) => void;
  /** False: do as if the kernel refused user namespaces. */
  readonly userNamespaces?: boolean;
}

/**
 * Finds or starts the database of this data directory and keeps it up until `stop` is called: one that dies, or
 * is stopped by the process that had started it, is started again within about a second. When this process ends
 * without `stop`, however it ends, the database is stopped cleanly. Neither keeps the event loop alive.
 *
 * @throws Error in words for the operator.
 */
export async function startEmbeddedPostgres(
  dataDir: string,
  options: EmbeddedPostgresOptions = {},
): Promise<EmbeddedPostgres> {
  const { durable = true, onLog = () => undefined, userNamespaces } = options;
  const wishes = { places: placesIn(dataDir), durable, onLog, userNamespaces };
  return new Supervisor(wishes, await obtain(wishes));
}

const LOOK_EVERY = 250;
const LONGEST_PAUSE = 15_000;

class Supervisor implements EmbeddedPostgres {
  readonly url: string;
  private readonly stopping = new AbortController();
  private readonly timer: NodeJS.Timeout;
  private repair: Promise<void> | undefined;

  constructor(
    private readonly wishes: Wishes,
    private tenure: Tenure,
  ) {
    this.url = tenure.url;
    this.timer = setInterval(() => {
      this.look();
    }, LOOK_EVERY).unref();
  }

  get adopted(): boolean {
    return !('stop' in this.tenure.keeper);
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    clearInterval(this.timer);
    await this.repair;
    const { keeper } = this.tenure;
    if ('stop' in keeper) await keeper.stop();
  }

  private look(): void {
    if (this.repair || this.stands()) return;
    this.repair = this.restore().finally(() => {
      this.repair = undefined;
    });
  }

  private stands(): boolean {
    const { pid, keeper } = this.tenure;
    const kept = 'stop' in keeper ? keeper.watched : isTaken(keeper.pid);
    return kept && isTaken(pid);
  }

  private async restore(): Promise<void> {
    const { onLog } = this.wishes;
    const { signal } = this.stopping;
    onLog('The database has stopped; starting it again …');
    for (let pause = 250; !signal.aborted; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
      try {
        this.tenure = await obtain(this.wishes);
        onLog('The database is back.');
        return;
      } catch (error) {
        const seconds = String(Math.ceil(pause / 1000));
        onLog(`${(error as Error).message} Trying again in ${seconds} s.`);
        await sleep(pause, undefined, { ref: false, signal }).catch(() => undefined);
      }
    }
  }
}
