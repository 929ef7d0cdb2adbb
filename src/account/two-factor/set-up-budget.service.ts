import { Injectable } from '@nestjs/common';
import type { Caller } from '../../common/http/caller.js';
import { during } from '../../rate-limits/attempt.js';
import { GuessingBudget } from '../../rate-limits/guessing-budget.service.js';
import { WrongTotpCode } from './two-factor.errors.js';

/**
 * How often somebody may be wrong about a factor that she is setting up. One budget for all of her set-ups and sessions,
 * and another one than that of the factors she has: a slip of the finger here does not keep her out of her account.
 */
@Injectable()
export class SetUpBudget {
  constructor(private readonly budget: GuessingBudget) {}

  /** @throws TooManyAttempts, and whatever the work throws; a `WrongTotpCode` is counted */
  async during<T>(
    { userId, caller }: { readonly userId: string; readonly caller: Caller },
    work: () => Promise<T>,
  ): Promise<T> {
    const account = `second-factor-set-up ${userId}`;
    const attempt = await this.budget.spend({ account, caller, known: true });
    const result = await during(attempt, (error) => error instanceof WrongTotpCode, work);
    await attempt.succeeded();
    return result;
  }
}
