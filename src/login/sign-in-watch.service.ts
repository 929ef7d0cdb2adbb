import { Injectable, Logger } from '@nestjs/common';
import { AuditService } from '../audit/audit.service.js';
import { Clock } from '../common/clock.js';
import { Settings } from '../config/settings.js';

/** Milliseconds that are counted together, and for which nothing more is said after an alarm. */
const WINDOW = 60_000;
const SILENCE = 600_000;
/** Failures for each success from which on it is no ordinary morning. */
const SUSPICIOUS = 4;

/**
 * Tells the operator when far more sign-ins of this node fail than usual (ASVS 6.3.5): somebody tries lists of
 * passwords, each account once, so that no budget of an account or of an address notices it.
 */
@Injectable()
export class SignInWatch {
  readonly #logger = new Logger('SignIn');
  #begun = 0;
  #failures = 0;
  #successes = 0;
  #silentUntil = 0;
  /** Since the start of this process, by password. */
  readonly total = { success: 0, failure: 0 };

  constructor(
    private readonly audit: AuditService,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  succeeded(): void {
    this.turn();
    this.#successes += 1;
    this.total.success += 1;
  }

  failed(): void {
    const now = this.turn();
    this.#failures += 1;
    this.total.failure += 1;
    const { failuresPerMinute } = this.settings.limits;
    if (failuresPerMinute === 0 || this.#failures < failuresPerMinute) return;
    if (this.#failures < SUSPICIOUS * this.#successes || now < this.#silentUntil) return;
    this.#silentUntil = now + SILENCE;
    this.tell();
  }

  /** Begins the next minute when the last one is over. */
  private turn(): number {
    const now = this.clock.millis();
    if (now - this.#begun >= WINDOW || now < this.#begun) {
      this.#begun = now;
      this.#failures = 0;
      this.#successes = 0;
    }
    return now;
  }

  private tell(): void {
    const [failures, successes] = [String(this.#failures), String(this.#successes)];
    this.#logger.warn(
      `Sign-ins fail unusually often: ${failures} within a minute, and ${successes} did not`,
    );
    const details = { failures, successes };
    this.audit.note({ action: 'sign_ins_fail_often', outcome: 'failure', details });
  }
}
