import { Logger } from '@nestjs/common';
import type { Clock } from '../common/clock.js';
import { BreachRangeUnavailable, countInBreaches } from './breach-range.js';
import { type Complaint, PasswordRule, type RuleDescription } from './password-rule.js';
import { BreachCheckUnavailable } from './passwords.errors.js';

/** Seconds for which a service that failed is not asked again, so that it does not slow every registration down. */
const PAUSE_SECONDS = 30;

interface BreachOptions {
  /** Address of the range API; the prefix is appended. */
  readonly url: string;
  /** Whether a password that could not be looked up is refused. */
  readonly strict: boolean;
}

/**
 * Refuses passwords known from breaches (ASVS 5.0 6.2.12). When the service does not answer: strictly, the request
 * fails; otherwise the password passes (the list of common ones still stands), one line is logged, and the service is
 * left in peace for half a minute.
 */
export class BreachedRule extends PasswordRule {
  override readonly code = 'password_breached';
  readonly #log = new Logger(BreachedRule.name);
  #pausedUntil = 0;

  constructor(
    private readonly options: BreachOptions,
    private readonly clock: Clock,
  ) {
    super();
  }

  /** @throws BreachCheckUnavailable when strict */
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
      return await countInBreaches(password, this.options.url);
    } catch (error) {
      if (!(error instanceof BreachRangeUnavailable)) throw error;
      if (this.options.strict) {
        throw new BreachCheckUnavailable({ cause: error, retryAfter: PAUSE_SECONDS });
      }
      this.#pausedUntil = this.clock.in(PAUSE_SECONDS).getTime();
      this.#log.warn(`Passwords pass without a breach check for now: ${error.message}`);
      return 0;
    }
  }
}
