import { Inject, Injectable } from '@nestjs/common';
import { type AccessToken, AccessTokensService } from '../sessions/access-tokens.service.js';
import type { Session } from '../sessions/session.entity.js';
import { SessionsService } from '../sessions/sessions.service.js';
import type { User } from '../users/user.entity.js';
import { type Login, LOGIN_STAGES, type LoginStage } from './login-stage.js';
import { InvalidCredentials } from './login.errors.js';

/** How a login ended. Later stages add outcomes in which something is still due. */
export interface LoginOutcome {
  readonly status: 'authenticated';
  readonly user: User;
  readonly session: Session;
  readonly accessToken: AccessToken;
}

/** The one way to become someone: every way in ends here, so none can skip a stage. */
@Injectable()
export class LoginService {
  constructor(
    @Inject(LOGIN_STAGES) private readonly stages: readonly LoginStage[],
    private readonly sessions: SessionsService,
    private readonly accessTokens: AccessTokensService,
  ) {}

  async proceed(login: Login): Promise<LoginOutcome> {
    for (const stage of this.stages) await stage.check(login);
    const session = await this.sessions.open(login.user, login.methods, login.device);
    if (session === undefined) throw new InvalidCredentials();
    const accessToken = this.accessTokens.issue(session);
    return { status: 'authenticated', user: login.user, session, accessToken };
  }
}
