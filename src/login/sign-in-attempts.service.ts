import { Injectable } from '@nestjs/common';
import { AuditService } from '../audit/audit.service.js';
import type { Caller } from '../common/http/caller.js';
import type { Attempt } from '../rate-limits/attempt.js';
import { GuessingBudget } from '../rate-limits/guessing-budget.service.js';
import { announceLeft, announcePolicy, type HeaderReply } from '../rate-limits/limit-headers.js';
import { TooManyAttempts } from '../rate-limits/rate-limits.errors.js';
import { canonicalEmail } from '../users/canonical-email.js';
import type { LoginDto } from './login.dto.js';
import { InvalidCredentials } from './login.errors.js';

/** Everything else that goes wrong says nothing about the guess. */
export const isWrong = (error: unknown): boolean => error instanceof InvalidCredentials;

/** Pays for sign-ins, and says in the headers how the caller stands. */
@Injectable()
export class SignInAttempts {
  constructor(
    private readonly budget: GuessingBudget,
    private readonly audit: AuditService,
  ) {}

  /** @throws TooManyAttempts: alike for accounts that are there and that are not, whatever the password */
  async begin({ email }: LoginDto, caller: Caller, reply: HeaderReply): Promise<Attempt> {
    announcePolicy(reply, this.budget.perAddress);
    const account = canonicalEmail(email) ?? email;
    try {
      const attempt = await this.budget.spend({ account, caller });
      this.announce(reply, attempt);
      return attempt;
    } catch (error) {
      if (error instanceof TooManyAttempts) {
        announceLeft(reply, this.budget.perAddress.name, 0, error.retryAfter ?? 1);
        this.note(account, caller);
      }
      throw error;
    }
  }

  private note(account: string, caller: Caller): void {
    const details = { attempted: this.audit.pseudonym(account) };
    this.audit.note({ action: 'too_many_attempts', outcome: 'failure', caller, details });
  }

  private announce(reply: HeaderReply, { standing }: Attempt): void {
    if (standing === undefined) return;
    const { quota, remaining, secondsLeft } = standing;
    announceLeft(reply, quota.name, remaining, secondsLeft);
  }
}
