import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { gatherFromWorkers } from './metrics/all-workers.js';
import { isListening, STOP } from './worker-messages.js';

/** Milliseconds that a worker must have lived for its successor to come at once. */
const SOUND = 10_000;
/** Milliseconds before the successor of one that did not; doubled each time up to the second. */
const PAUSE = 1000;
const LONGEST_PAUSE = 30_000;

interface Options {
  readonly count: number;
  /** Of the workers, over the parent's; undefined takes one away. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Milliseconds that one may take to end. */
  readonly patience: number;
  readonly say: (line: string) => void;
}

/**
 * Several processes behind one port. One that dies is replaced; all are replaced, one after the other and with nobody
 * refused, when told to reload.
 */
export class Workers {
  readonly #serving = new Set<Worker>();
  readonly #leaving = new WeakSet<Worker>();
  /** Begun, and not yet serving. */
  #starting = 0;
  #pause = PAUSE;
  #stopping = false;
  #reloading: Promise<void> | undefined;

  constructor(private readonly options: Options) {
    cluster.setupPrimary({ exec: fileURLToPath(new URL('./main.js', import.meta.url)), args: [] });
    gatherFromWorkers();
  }

  /** Where they can be reached, once all answer. @throws if one ends before; it has said why */
  async start(): Promise<string> {
    const starting = Array.from({ length: this.options.count }, () => this.#start());
    const [url = ''] = await Promise.all(starting);
    return url;
  }

  /** All anew: with the program and the `.env` that are there now. */
  reload(): Promise<void> {
    const before = this.#reloading ?? Promise.resolve();
    const reloading = before.then(() => this.#replaceAll());
    this.#reloading = reloading;
    return reloading;
  }

  /** Requests under way are served first. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await Promise.all([...this.#serving].map((worker) => this.#dismiss(worker)));
  }

  kill(): void {
    this.#stopping = true;
    for (const worker of this.#serving) worker.process.kill('SIGKILL');
  }

  async #replaceAll(): Promise<void> {
    const { say } = this.options;
    say('Reloading: each worker is replaced …');
    for (const worker of [...this.#serving]) {
      if (this.#stopping) return;
      if (!this.#serving.has(worker)) continue; // it died meanwhile, and its successor is new
      try {
        await this.#start();
      } catch {
        say('A new worker did not start; those that serve go on.');
        await this.#fill();
        return;
      }
      await this.#dismiss(worker);
      await this.#fill(); // another may have died meanwhile
    }
    say('Reloaded.');
  }

  /** Its address, once it answers. @throws if it ends before */
  async #start(): Promise<string> {
    const begun = performance.now();
    this.#starting += 1;
    try {
      const worker = cluster.fork(this.options.environment);
      const url = await addressOf(worker);
      this.#serving.add(worker);
      worker.once('exit', (code, signal) => {
        this.#ended(worker, signal || `code ${code}`, performance.now() - begun);
      });
      return url;
    } finally {
      this.#starting -= 1;
    }
  }

  #ended(worker: Worker, how: string, lived: number): void {
    this.#serving.delete(worker);
    if (this.#stopping || this.#leaving.has(worker)) return;
    this.options.say(`A worker has ended (${how}); another takes its place.`);
    if (lived >= SOUND) this.#pause = PAUSE;
    void (lived >= SOUND ? this.#fill() : this.#wait().then(() => this.#fill()));
  }

  /** Until there are as many as there should be: a reload may have begun the successor already. */
  async #fill(): Promise<void> {
    while (!this.#stopping && this.#serving.size + this.#starting < this.options.count) {
      await this.#start().catch(() => this.#wait());
    }
  }

  /** Keeps this process alive, when nothing else does: all workers may be gone. */
  async #wait(): Promise<void> {
    const pause = this.#pause;
    this.#pause = Math.min(2 * pause, LONGEST_PAUSE);
    await sleep(pause);
  }

  async #dismiss(worker: Worker): Promise<void> {
    this.#leaving.add(worker);
    if (worker.isDead()) return;
    const ended = once(worker, 'exit');
    worker.send(STOP, () => undefined); // it may be ending by itself
    const late = setTimeout(() => worker.process.kill('SIGKILL'), this.options.patience);
    await ended;
    clearTimeout(late);
  }
}

const addressOf = (worker: Worker): Promise<string> =>
  new Promise((resolve, reject) => {
    worker.once('exit', () => {
      reject(new Error('A worker ended before it served.'));
    });
    worker.on('message', (message: unknown) => {
      if (isListening(message)) resolve(message.url);
    });
  });
