import { Injectable } from '@nestjs/common';
import { InvalidToken } from '../access/access.errors.js';
import type { Principal } from '../access/principal.js';
import { InvalidCredentials } from '../login/login.errors.js';
import { PasswordService } from '../passwords/password.service.js';
import { type RenewedCookie, SessionsService } from '../sessions/sessions.service.js';
import { UsersService } from '../users/users.service.js';

/** Proving again, within a session, that it is oneself (ASVS 7.5.1). */
@Injectable()
export class ReauthenticationService {
  constructor(
    private readonly users: UsersService,
    private readonly passwords: PasswordService,
    private readonly sessions: SessionsService,
  ) {}

  /** The new cookie of a session that has one. @throws InvalidCredentials, InvalidToken */
  async prove(
    { user, sessionId }: Principal,
    password: string,
    signal: AbortSignal,
  ): Promise<RenewedCookie | undefined> {
    if (sessionId === undefined) throw new InvalidToken();
    const found = await this.users.findWithSecret(user.id);
    const { ok } = await this.passwords.check(password, found?.passwordHash, signal);
    if (!ok || found === undefined) throw new InvalidCredentials();
    const renewed = await this.sessions.renew(sessionId, found.user);
    if (!renewed.lives) throw new InvalidToken();
    return renewed.cookie;
  }
}
