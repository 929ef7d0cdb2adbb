import { Logger } from '@nestjs/common';
import type { Clock } from '../common/clock.js';
import { WaitingLine } from '../common/waiting-line.js';
import { BreachRangeUnavailable, countInBreaches } from './breach-range.js';
import { type Complaint, PasswordRule, type RuleDescription } from './password-rule.js';
import { BreachCheckUnavailable, TooManyLookups } from './passwords.errors.js';

/** Seconds for which a service that failed is not asked again, so that it does not slow every registration down. */
const PAUSE_SECONDS = 30;
/** Failures in a row after which it is left in peace. */
const PATIENCE = 3;
/** Look-ups at once, and how many may wait: nobody makes this server flood the service. */
const AT_ONCE = 8;
const WAITING = 64;
const RETRY_AFTER_SECONDS = 5;

interface BreachOptions {
  /** Address of the range API; the prefix is appended. */
  readonly url: string;
  /** Whether a password that could not be looked up is refused. */
  readonly strict: boolean;
}

/**
 * Refuses passwords known from breaches (ASVS 5.0 6.2.12). When the service does not answer: strictly, the request
 * fails; otherwise the password passes (the list of common ones still stands), one line is logged, and after three
 * failures in a row the service is left in peace for half a minute.
 */
export class BreachedRule extends PasswordRule {
  override readonly code = 'password_breached';
  readonly #log = new Logger(BreachedRule.name);
  readonly #line = new WaitingLine(
    AT_ONCE,
    WAITING,
    () => new TooManyLookups({ retryAfter: RETRY_AFTER_SECONDS }),
  );
  #pausedUntil = 0;
  #failures = 0;

  constructor(
    private readonly options: BreachOptions,
    private readonly clock: Clock,
  ) {
    super();
  }

  /** @throws BreachCheckUnavailable when strict; TooManyLookups */
  override async check(password: string): Promise<Complaint | undefined> {
    if (this.clock.millis() < this.#pausedUntil) return undefined;
    const count = await this.#count(password);
    if (count === 0) return undefined;
    const message = 'This password has appeared in a data breach. Choose another one.';
    return { code: this.code, message, params: { count } };
  }

  override describe(): RuleDescription {
    return { code: this.code, message: 'Your password can’t be one that a data breach exposed.' };
  }

  async #count(password: string): Promise<number> {
    try {
      const count = await this.#line.run(() => countInBreaches(password, this.options.url));
      this.#failures = 0;
      return count;
    } catch (error) {
      if (!(error instanceof BreachRangeUnavailable)) throw error;
      if (this.options.strict) {
        throw new BreachCheckUnavailable({ cause: error, retryAfter: PAUSE_SECONDS });
      }
      this.#failures += 1;
      if (this.#failures % PATIENCE === 0) {
        this.#pausedUntil = this.clock.in(PAUSE_SECONDS).getTime();
      }
      this.#log.warn(`A password passes without a breach check: ${error.message}`);
      return 0;
    }
  }
}
