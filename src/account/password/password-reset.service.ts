import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Caller } from '../../common/http/caller.js';
import { lockUser } from '../../users/lock-user.js';
import type { User } from '../../users/user.entity.js';
import { UsersService } from '../../users/users.service.js';
import { TokenInvalid } from '../account.errors.js';
import { OneTimeTokensService, type SpentToken } from '../proof/one-time-tokens.service.js';
import { NewPasswordService } from './new-password.service.js';
import { PasswordReplacementService } from './password-replacement.service.js';

/** Another password for whoever reads the mail of the account. It signs nobody in. */
@Injectable()
export class PasswordResetService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly users: UsersService,
    private readonly tokens: OneTimeTokensService,
    private readonly newPasswords: NewPasswordService,
    private readonly replacement: PasswordReplacementService,
  ) {}

  /** Looks whether a token would work, and spends nothing. @throws TokenInvalid */
  async check(token: string): Promise<User> {
    const found = await this.tokens.peek('reset_password', token);
    return ownerOf(found, found && (await this.users.findById(found.userId)));
  }

  /**
   * The dear parts come late, and the password is hashed only for a token that works: whoever makes tokens
   * up costs a read. Until the transaction at the end nothing has happened, and the link still works; with
   * it everything has.
   *
   * @throws TokenInvalid, ValidationFailed
   */
  async reset(
    token: string,
    newPassword: string,
    caller: Caller,
    signal: AbortSignal,
  ): Promise<void> {
    const seen = await this.check(token);
    const hash = await this.newPasswords.hashOfGood(newPassword, seen, signal);
    await this.dataSource.transaction(async (manager) => {
      const spent = await this.tokens.spend(manager, 'reset_password', token);
      const found = spent && (await lockUser(manager, spent.userId));
      const user = ownerOf(spent, found?.user);
      await this.replacement.byMail(manager, user, hash, caller);
    });
  }
}

/** A link speaks for an active user who still has the address that it was mailed to. @throws TokenInvalid */
function ownerOf(token: SpentToken | undefined, user: User | undefined): User {
  if (!user?.isActive || user.emailCanonical !== token?.email) throw new TokenInvalid();
  return user;
}
