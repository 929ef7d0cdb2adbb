import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Piscina } from 'piscina';
import { ServiceUnavailable } from '../common/failures.js';
import { traced } from '../common/traced.js';
import { WaitingLine } from '../common/waiting-line.js';
import { Settings } from '../config/settings.js';
import type { CheckOutcome, CheckTask, Derivation } from './derivation.js';
import { HashQueueFull } from './passwords.errors.js';

/** Path of the module that the worker threads run: `hash-worker`, beside this file and in its language. */
export const HASH_WORKER_FILE = Symbol('HASH_WORKER_FILE');

export const hashWorkerFile = fileURLToPath(
  new URL(`./hash-worker${extname(import.meta.url)}`, import.meta.url),
);

/**
 * The event loop goes first when cores are scarce; yet a tenth of a core is left to hashing, so that nobody waits a
 * minute for a sign-in while others keep the machine busy.
 */
const NICENESS = 10;
/** Milliseconds after which an unused thread gives its memory back. */
const IDLE_TIMEOUT = 10_000;
/** MiB of JavaScript heap in each thread; what the kernels need lies outside of it. */
const HEAP = { maxOldGenerationSizeMb: 24, maxYoungGenerationSizeMb: 4 };
const RETRY_AFTER_SECONDS = 5;
/** Milliseconds that a sign-in waits to begin: those before it may themselves wait for a database that does not answer. */
const PATIENCE = 15_000;

/**
 * The threads that hash (`HASH_CONCURRENCY`) and the line before them (`HASH_QUEUE`).
 *
 * Past both, `HashQueueFull` is thrown before anything is hashed; who hangs up leaves the line. A thread that dies
 * fails what it ran and, when it was the last one, what waited; the next task starts a new one.
 */
@Injectable()
export class HashPool implements OnApplicationShutdown {
  readonly #threads: Piscina;
  readonly #line: WaitingLine;
  readonly #begun: WaitingLine;
  #closed = false;

  constructor(
    { hashConcurrency, hashQueue }: Settings,
    @Inject(HASH_WORKER_FILE) workerFile: string,
  ) {
    const most = hashConcurrency + hashQueue;
    const full = () => new HashQueueFull({ retryAfter: RETRY_AFTER_SECONDS });
    const begun = Math.min(2 * hashConcurrency, most);
    this.#line = new WaitingLine(hashConcurrency, hashQueue, full);
    this.#begun = new WaitingLine(begun, most - begun, full, PATIENCE);
    this.#threads = new Piscina({
      filename: workerFile,
      minThreads: 0,
      maxThreads: hashConcurrency,
      idleTimeout: IDLE_TIMEOUT,
      niceIncrement: NICENESS,
      resourceLimits: HEAP,
      stricterFIFO: true,
      recordTiming: false,
      env: {},
    });
    this.#threads.on('error', this.#failWaiting);
  }

  /** How many passwords are hashed now, and how many wait. */
  get load(): { readonly running: number; readonly waiting: number } {
    const { running, waiting } = this.#line.load;
    return { running, waiting: waiting + this.#begun.load.waiting };
  }

  /**
   * The whole of what checks one password, such as a sign-in: begun when a thread is about to be free, so that a burst
   * of them waits here, where it costs nothing yet.
   *
   * @throws HashQueueFull before anything of it is done; RequestAborted
   */
  whole<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    this.#line.refuseWhenFull();
    return this.#begun.run(work, signal);
  }

  /** @throws HashQueueFull, or ServiceUnavailable when the thread died. */
  async derive(password: string, by: Derivation, signal?: AbortSignal): Promise<string> {
    return (await this.#run('derive', { password, by }, signal)) as string;
  }

  /** @throws HashQueueFull, or ServiceUnavailable when the thread died. */
  async check(task: CheckTask, signal?: AbortSignal): Promise<CheckOutcome> {
    return (await this.#run('check', task, signal)) as CheckOutcome;
  }

  async onApplicationShutdown(): Promise<void> {
    this.#closed = true;
    await this.#threads.destroy();
  }

  #run(name: 'derive' | 'check', task: object, signal: AbortSignal | undefined): Promise<unknown> {
    const inThread = () => traced({ name: `password ${name}` }, () => this.#inThread(name, task));
    return traced({ name: 'password' }, () => this.#line.run(inThread, signal));
  }

  async #inThread(name: string, task: object): Promise<unknown> {
    if (this.#closed) throw new ServiceUnavailable({ retryAfter: RETRY_AFTER_SECONDS });
    try {
      return await this.#threads.run(task, { name });
    } catch (cause) {
      this.#failWaiting();
      throw new ServiceUnavailable({ cause, retryAfter: RETRY_AFTER_SECONDS });
    }
  }

  /** Piscina starts no thread for tasks that already wait when the last thread dies; they would wait forever. */
  readonly #failWaiting = (): void => {
    if (this.#threads.threads.length === 0) void this.#threads.destroy();
  };
}
