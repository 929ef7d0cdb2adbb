import { Injectable } from '@nestjs/common';
import type { AuditAction } from '../../audit/audit-actions.js';
import { AuditService } from '../../audit/audit.service.js';
import type { Caller } from '../../common/http/caller.js';
import { PasswordService } from '../../passwords/password.service.js';
import { type Attempt, during } from '../../rate-limits/attempt.js';
import { GuessingBudget } from '../../rate-limits/guessing-budget.service.js';
import { TooManyAttempts } from '../../rate-limits/rate-limits.errors.js';
import type { User } from '../../users/user.entity.js';
import { UsersService } from '../../users/users.service.js';

/** A password, who shows it, and what for. */
export interface OwnPassword {
  readonly password: string;
  readonly caller: Caller;
  readonly action: AuditAction;
}

/**
 * Proving with one's password, within a session, that it is oneself. Every call that asks for it asks here,
 * and draws on the budget of guesses that the account has at its sign-in.
 */
@Injectable()
export class OwnPasswordService {
  constructor(
    private readonly users: UsersService,
    private readonly passwords: PasswordService,
    private readonly budget: GuessingBudget,
    private readonly audit: AuditService,
  ) {}

  /** The user as she was when it was proved; undefined: it was not. @throws TooManyAttempts */
  async prove(
    id: string,
    { password, caller, action }: OwnPassword,
    signal: AbortSignal,
  ): Promise<User | undefined> {
    const found = await this.users.findWithSecret(id);
    if (found === undefined) return undefined;
    const { user, passwordHash } = found;
    const attempt = await this.pay(user, caller);
    // What is thrown (the line is full, the caller hung up) tells nothing of the guess.
    const { ok } = await during(
      attempt,
      () => false,
      () => this.passwords.check(password, passwordHash, signal),
    );
    if (!ok) {
      const details = { reason: 'wrong_password' };
      const about = { actorId: id, subjectId: id, caller, details };
      this.audit.note({ action, outcome: 'failure', ...about });
      return undefined;
    }
    await attempt.succeeded();
    return user;
  }

  private async pay({ id, emailCanonical: account }: User, caller: Caller): Promise<Attempt> {
    try {
      return await this.budget.spend({ account, caller, known: true });
    } catch (error) {
      if (error instanceof TooManyAttempts) {
        const about = { actorId: id, subjectId: id, caller };
        this.audit.note({ action: 'too_many_attempts', outcome: 'failure', ...about });
      }
      throw error;
    }
  }
}
