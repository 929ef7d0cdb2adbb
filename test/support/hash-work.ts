import type { CheckTask } from '../../src/passwords/derivation.js';
import { HashPool } from '../../src/passwords/hash-pool.js';
import type { TestApp } from './test-app.js';

/** What the hashing threads were given: one word a job. */
export type HashWork = readonly ('derive' | 'check')[];

/** Counts the work of hashing, which time would only hint at. */
export class HashMeter {
  readonly #jobs: ('derive' | 'check')[] = [];
  #lastCheck: CheckTask | undefined;

  constructor({ app }: TestApp) {
    const pool = app.get(HashPool, { strict: false });
    const derive = pool.derive.bind(pool);
    const check = pool.check.bind(pool);
    pool.derive = (...given) => {
      this.#jobs.push('derive');
      return derive(...given);
    };
    pool.check = (task) => {
      this.#jobs.push('check');
      this.#lastCheck = task;
      return check(task);
    };
  }

  /** The jobs since the last call. */
  take(): HashWork {
    return this.#jobs.splice(0);
  }

  /** How many up-to-date derivations the last check takes when the password is wrong. */
  get upToDateDerivations(): number {
    const { claim, filler } = this.#lastCheck!;
    return [claim?.by, ...filler].filter((by) => by?.kernel === 'bcrypt').length;
  }
}
