import { Injectable } from '@nestjs/common';
import { InvalidToken } from '../access/access.errors.js';
import type { Principal } from '../access/principal.js';
import { AuditService } from '../audit/audit.service.js';
import type { Caller } from '../common/http/caller.js';
import { InvalidCredentials } from '../login/login.errors.js';
import { isWrong } from '../login/sign-in-attempts.service.js';
import { PasswordService } from '../passwords/password.service.js';
import { during } from '../rate-limits/attempt.js';
import { GuessingBudget } from '../rate-limits/guessing-budget.service.js';
import { type RenewedCookie, SessionsService } from '../sessions/sessions.service.js';
import { UsersService, type UserWithSecret } from '../users/users.service.js';

/** Proving again, within a session, that it is oneself (ASVS 7.5.1). */
@Injectable()
export class ReauthenticationService {
  constructor(
    private readonly users: UsersService,
    private readonly passwords: PasswordService,
    private readonly sessions: SessionsService,
    private readonly budget: GuessingBudget,
    private readonly audit: AuditService,
  ) {}

  /** The new cookie of a session that has one. @throws InvalidCredentials, TooManyAttempts, InvalidToken */
  async prove(
    { user, sessionId }: Principal,
    password: string,
    caller: Caller,
    signal: AbortSignal,
  ): Promise<RenewedCookie | undefined> {
    if (sessionId === undefined) throw new InvalidToken();
    const found = await this.users.findWithSecret(user.id);
    if (found === undefined) throw new InvalidCredentials();
    const account = found.user.emailCanonical;
    const attempt = await this.budget.spend({ account, caller, known: true });
    const renewed = await during(attempt, isWrong, async () => {
      await this.assertRight(found, password, caller, signal);
      const renewal = await this.sessions.reauthenticate(sessionId, found.user, caller);
      if (!renewal.lives) throw new InvalidToken();
      return renewal;
    });
    await attempt.succeeded();
    return renewed.cookie;
  }

  private async assertRight(
    { user: { id }, passwordHash }: UserWithSecret,
    password: string,
    caller: Caller,
    signal: AbortSignal,
  ): Promise<void> {
    const { ok } = await this.passwords.check(password, passwordHash, signal);
    if (ok) return;
    this.audit.note({
      action: 'reauthentication',
      outcome: 'failure',
      actorId: id,
      subjectId: id,
      caller,
      details: { reason: 'wrong_password' },
    });
    throw new InvalidCredentials();
  }
}
