import { Inject, Injectable } from '@nestjs/common';
import type { AuditAction } from '../audit/audit-actions.js';
import { AuditService } from '../audit/audit.service.js';
import { Clock } from '../common/clock.js';
import type { Caller } from '../common/http/caller.js';
import { type Attempt, during } from '../rate-limits/attempt.js';
import { GuessingBudget } from '../rate-limits/guessing-budget.service.js';
import { TooManyAttempts } from '../rate-limits/rate-limits.errors.js';
import { GuessNotice } from './guess-notice.service.js';
import {
  SECOND_FACTORS,
  type SecondFactor,
  type SecondFactorMethod,
  type ShownFactor,
} from './second-factor.js';
import { InvalidCode } from './two-factor.errors.js';

/** Whose second factor it is, who shows it and what for. */
export interface Showing {
  readonly userId: string;
  readonly caller: Caller;
  /** Proved by a session, or by a device that signed in to this account before. */
  readonly known: boolean;
  readonly action: AuditAction;
}

/** A second factor that was right, and is spent. */
export interface ProvedFactor {
  /** What it adds to the methods of a session. */
  readonly methods: readonly string[];
  readonly at: Date;
}

/** What nobody can guess costs nothing to try. */
const FREE: Attempt = {
  standing: undefined,
  succeeded: () => Promise.resolve(),
  takeBack: () => Promise.resolve(),
};

/** The second factors of users: the one place where one is proved, whatever for. */
@Injectable()
export class SecondFactorsService {
  constructor(
    @Inject(SECOND_FACTORS) private readonly factors: readonly SecondFactor[],
    private readonly budget: GuessingBudget,
    private readonly notice: GuessNotice,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /** What this user can show; empty: she has no second factor, and recovery codes alone are none. */
  async methodsOf(userId: string): Promise<readonly SecondFactorMethod[]> {
    const ready = await Promise.all(this.factors.map((factor) => factor.isReady(userId)));
    const methods = this.factors.filter((_, i) => ready[i]).map(({ method }) => method);
    return methods.every((method) => method === 'recovery_code') ? [] : methods;
  }

  /**
   * Spends what was shown. All that can be guessed draws on one budget of the account, which nothing but a right answer
   * fills again: no new challenge, address or node, and no right password.
   *
   * @throws InvalidCode, TooManyAttempts
   */
  async prove(shown: ShownFactor, showing: Showing): Promise<ProvedFactor> {
    const factor = this.factors.find(({ method }) => method === shown.method);
    if (factor === undefined) throw new InvalidCode();
    const attempt = factor.isGuessable ? await this.pay(showing) : FREE;
    const methods = await during(
      attempt,
      () => false,
      () => factor.prove(showing.userId, shown, showing.caller),
    );
    if (methods === undefined) return this.refuse(shown.method, showing);
    await attempt.succeeded();
    return { methods, at: this.clock.now() };
  }

  private refuse(method: SecondFactorMethod, showing: Showing): never {
    const { userId, caller, action } = showing;
    const details = { reason: `wrong_${method}` };
    const about = { actorId: userId, subjectId: userId, caller, details };
    this.audit.note({ action, outcome: 'failure', ...about });
    throw new InvalidCode();
  }

  private async pay({ userId, caller, known }: Showing): Promise<Attempt> {
    try {
      return await this.budget.spend({ account: `second-factor ${userId}`, caller, known });
    } catch (error) {
      if (error instanceof TooManyAttempts) {
        const about = { actorId: userId, subjectId: userId, caller };
        this.audit.note({ action: 'too_many_attempts', outcome: 'failure', ...about });
        await this.notice.tell(userId, caller);
      }
      throw error;
    }
  }
}
