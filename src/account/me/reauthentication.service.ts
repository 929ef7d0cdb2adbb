import { Injectable } from '@nestjs/common';
import { InvalidToken } from '../../access/access.errors.js';
import type { Principal } from '../../access/principal.js';
import type { Caller } from '../../common/http/caller.js';
import { InvalidCredentials } from '../../login/login.errors.js';
import { type RenewedCookie, SessionsService } from '../../sessions/sessions.service.js';
import { OwnPasswordService } from '../proof/own-password.service.js';

/** Proving again, within a session, that it is oneself (ASVS 7.5.1). */
@Injectable()
export class ReauthenticationService {
  constructor(
    private readonly own: OwnPasswordService,
    private readonly sessions: SessionsService,
  ) {}

  /** The new cookie of a session that has one. @throws InvalidCredentials, TooManyAttempts, InvalidToken */
  async prove(
    { user, sessionId }: Principal,
    password: string,
    caller: Caller,
    signal: AbortSignal,
  ): Promise<RenewedCookie | undefined> {
    if (sessionId === undefined) throw new InvalidToken();
    const attempt = { password, caller, action: 'reauthentication' } as const;
    const proved = await this.own.prove(user.id, attempt, signal);
    if (proved === undefined) throw new InvalidCredentials();
    const renewed = await this.sessions.reauthenticate(sessionId, proved, caller);
    if (!renewed.lives) throw new InvalidToken();
    return renewed.cookie;
  }
}
