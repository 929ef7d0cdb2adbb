import { Injectable } from '@nestjs/common';
import { InvalidToken } from '../../access/access.errors.js';
import type { Principal } from '../../access/principal.js';
import type { Caller } from '../../common/http/caller.js';
import { InvalidCredentials } from '../../login/login.errors.js';
import { type RenewedCookie, SessionsService } from '../../sessions/sessions.service.js';
import { ResetStops } from '../../two-factor/reset-stops.service.js';
import type { ShownFactor } from '../../two-factor/second-factor.js';
import { SecondFactorsService } from '../../two-factor/second-factors.service.js';
import type { User } from '../../users/user.entity.js';
import { UsersService } from '../../users/users.service.js';
import { OwnPasswordService } from '../proof/own-password.service.js';
import { proofAgain } from './proof-again.js';
import type { ReauthenticateDto } from './reauthentication.dto.js';

/** Who proved it, and by which second factor, if by one. */
interface Proved {
  readonly user: User;
  readonly factor?: readonly string[];
}

/** Proving again, within a session, that it is oneself (ASVS 7.5.1). */
@Injectable()
export class ReauthenticationService {
  constructor(
    private readonly own: OwnPasswordService,
    private readonly factors: SecondFactorsService,
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
    private readonly stops: ResetStops,
  ) {}

  /**
   * The new cookie of a session that has one. A second factor raises the session to level two.
   *
   * @throws InvalidCredentials, InvalidCode, TooManyAttempts, InvalidToken, ValidationFailed
   */
  async prove(
    { user: { id }, sessionId }: Principal,
    body: ReauthenticateDto,
    caller: Caller,
    signal: AbortSignal,
  ): Promise<RenewedCookie | undefined> {
    if (sessionId === undefined) throw new InvalidToken();
    const again = proofAgain(body, sessionId);
    const { user, factor } =
      'password' in again
        ? await this.byPassword(id, again.password, caller, signal)
        : await this.byFactor(id, again.factor, caller);
    const renewed = await this.sessions.reauthenticate(sessionId, user, caller, factor);
    if (!renewed.lives) throw new InvalidToken();
    return renewed.cookie;
  }

  private async byPassword(
    id: string,
    password: string,
    caller: Caller,
    signal: AbortSignal,
  ): Promise<Proved> {
    const attempt = { password, caller, action: 'reauthentication' } as const;
    const user = await this.own.prove(id, attempt, signal);
    if (user === undefined) throw new InvalidCredentials();
    return { user };
  }

  /** The user as she was before it was tested: should her factors change meanwhile, nothing is renewed. */
  private async byFactor(id: string, shown: ShownFactor, caller: Caller): Promise<Proved> {
    const user = await this.users.findById(id);
    if (user === undefined) throw new InvalidToken();
    const showing = { userId: id, caller, known: true, action: 'reauthentication' } as const;
    const { methods } = await this.factors.prove(shown, showing);
    await this.stops.byProof(id, caller);
    return { user, factor: methods };
  }
}
