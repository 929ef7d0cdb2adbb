import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { InvalidToken } from '../../access/access.errors.js';
import type { Caller } from '../../common/http/caller.js';
import { SignInAttempts } from '../../login/sign-in-attempts.service.js';
import { type RenewedCookie, SessionsService } from '../../sessions/sessions.service.js';
import { UserCredentialsService } from '../../users/user-credentials.service.js';
import type { User } from '../../users/user.entity.js';
import { UsersService } from '../../users/users.service.js';
import { PasswordFollowUp } from './password-follow-up.service.js';

/** The session in which somebody replaces her own password, or gives herself the first one. */
export interface Within {
  readonly sessionId: string;
  readonly caller: Caller;
  readonly action: 'password_changed' | 'password_set';
}

/**
 * What belongs to a new password besides its hash: sessions end, links are void (the database does that), the
 * owner is told. It happens in the caller's transaction, which holds the lock of the user.
 */
@Injectable()
export class PasswordReplacementService {
  constructor(
    private readonly users: UsersService,
    private readonly credentials: UserCredentialsService,
    private readonly sessions: SessionsService,
    private readonly attempts: SignInAttempts,
    private readonly followUp: PasswordFollowUp,
  ) {}

  /**
   * By whoever reads her mail: every session ends, every device is a stranger, and nothing is held against
   * the account any more. One whose address nobody had proved begins anew, unless an administrator made it.
   */
  async byMail(manager: EntityManager, user: User, hash: string, caller: Caller): Promise<void> {
    const { id, emailCanonical } = user;
    await this.sessions.endFor('password_reset', { userId: id, caller }, manager);
    const anew = await this.users.proveByOther(manager, id, emailCanonical, hash);
    if (!anew) await this.replace(manager, user, hash, caller);
    await this.attempts.startOver(manager, user);
    await this.followUp.afterReset(manager, user, caller, anew);
  }

  private async replace(
    manager: EntityManager,
    { id, emailCanonical, emailVerifiedAt }: User,
    hash: string,
    caller: Caller,
  ): Promise<void> {
    if (emailVerifiedAt === null) {
      await this.users.markEmailVerified(manager, id, emailCanonical, caller);
    }
    await this.credentials.setPassword(manager, id, hash);
  }

  /** By herself: every other session ends, and this one's secret is renewed. @throws InvalidToken if it has ended */
  async within(
    { sessionId, caller, action }: Within,
    manager: EntityManager,
    user: User,
    hash: string,
  ): Promise<RenewedCookie | undefined> {
    const { id } = user;
    const credentialsChangedAt = await this.credentials.setPassword(manager, id, hash);
    await this.sessions.endFor('password_changed', { userId: id, sessionId, caller }, manager);
    const renewed = await this.sessions.renew(sessionId, { id, credentialsChangedAt }, manager);
    if (!renewed.lives) throw new InvalidToken();
    await this.followUp.afterChange(manager, user, caller, action);
    return renewed.cookie;
  }
}
