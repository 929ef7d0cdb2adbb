import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { InvalidToken } from '../../access/access.errors.js';
import type { Principal } from '../../access/principal.js';
import type { Caller } from '../../common/http/caller.js';
import { isUsableHash } from '../../passwords/usable-hash.js';
import type { RenewedCookie } from '../../sessions/sessions.service.js';
import { lockUser } from '../../users/lock-user.js';
import { UsersService, type UserWithSecret } from '../../users/users.service.js';
import { PasswordExists, WrongCurrentPassword } from '../account.errors.js';
import { OwnPasswordService } from '../proof/own-password.service.js';
import { NewPasswordService } from './new-password.service.js';
import { PasswordReplacementService, type Within } from './password-replacement.service.js';
import type { ChangePasswordDto } from './password.dto.js';

/** A signed-in user's new password. Each call returns the new cookie of a session that has one. */
@Injectable()
export class PasswordChangeService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly users: UsersService,
    private readonly own: OwnPasswordService,
    private readonly newPasswords: NewPasswordService,
    private readonly replacement: PasswordReplacementService,
  ) {}

  /**
   * Of two changes at once the later one proved a password that is no longer the current one.
   *
   * @throws WrongCurrentPassword, TooManyAttempts, ValidationFailed, InvalidToken
   */
  async change(
    principal: Principal,
    { currentPassword, newPassword }: ChangePasswordDto,
    caller: Caller,
    signal: AbortSignal,
  ): Promise<RenewedCookie | undefined> {
    const attempt = { password: currentPassword, caller, action: 'password_changed' } as const;
    const proved = await this.own.prove(principal.user.id, attempt, signal);
    if (proved === undefined) throw new WrongCurrentPassword();
    const hash = await this.newPasswords.hashOfGood(newPassword, proved, signal);
    const by = { caller, action: 'password_changed' } as const;
    return this.replace(principal, by, hash, ({ user }) => {
      const changed = user.credentialsChangedAt.getTime() !== proved.credentialsChangedAt.getTime();
      if (changed) throw new WrongCurrentPassword();
    });
  }

  /**
   * A first password, for who came by another door and proved it recently.
   *
   * @throws PasswordExists, ValidationFailed, InvalidToken
   */
  async set(
    principal: Principal,
    newPassword: string,
    caller: Caller,
    signal: AbortSignal,
  ): Promise<RenewedCookie | undefined> {
    const found = await this.users.findWithSecret(principal.user.id);
    if (found === undefined) throw new InvalidToken();
    refuseSecond(found);
    const hash = await this.newPasswords.hashOfGood(newPassword, found.user, signal);
    return this.replace(principal, { caller, action: 'password_set' }, hash, refuseSecond);
  }

  /** @param check refuses if the account is no longer as it was when the caller was let this far */
  private async replace(
    { user: { id }, sessionId }: Principal,
    by: Omit<Within, 'sessionId'>,
    hash: string,
    check: (now: UserWithSecret) => void,
  ): Promise<RenewedCookie | undefined> {
    if (sessionId === undefined) throw new InvalidToken();
    return this.dataSource.transaction(async (manager) => {
      const now = await lockUser(manager, id);
      if (!now?.user.isActive) throw new InvalidToken();
      check(now);
      return this.replacement.within({ sessionId, ...by }, manager, now.user, hash);
    });
  }
}

function refuseSecond({ passwordHash }: UserWithSecret): void {
  if (isUsableHash(passwordHash)) throw new PasswordExists();
}
