import { Inject, Injectable } from '@nestjs/common';
import { AuditService } from '../audit/audit.service.js';
import { Failure } from '../common/failure.js';
import { LoginChallenges } from './login-challenges.service.js';
import type { LoginOutcome } from './login-outcome.js';
import { type Finding, type Login, LOGIN_STAGES, type LoginStage } from './login-stage.js';
import { InvalidCredentials } from './login.errors.js';
import { OpeningService } from './opening.service.js';

/** The one way to become someone: every way in ends here, so none can skip a stage. */
@Injectable()
export class LoginService {
  constructor(
    @Inject(LOGIN_STAGES) private readonly stages: readonly LoginStage[],
    private readonly challenges: LoginChallenges,
    private readonly opening: OpeningService,
    private readonly audit: AuditService,
  ) {}

  /** A session, or what is due before there is one. */
  async proceed(login: Login): Promise<LoginOutcome> {
    let reached = login;
    for (const stage of this.stages) {
      const finding = await this.pass(stage, reached);
      if (finding === undefined) continue;
      if ('due' in finding) {
        const challenge = await this.challenges.issue(reached);
        return { status: 'two_factor_required', challenge, methods: finding.due };
      }
      reached = { ...reached, ...finding.adds };
    }
    const opened = await this.opening.open(reached);
    if (opened !== undefined) return opened;
    this.noteFailure(reached, 'changed_meanwhile');
    throw new InvalidCredentials();
  }

  private async pass(stage: LoginStage, login: Login): Promise<Finding | undefined> {
    try {
      return await stage.check(login);
    } catch (error) {
      if (error instanceof Failure) this.noteFailure(login, stage.refusal);
      throw error;
    }
  }

  /** For the log book alone: the answer does not say as much. */
  private noteFailure({ user, device }: Login, reason: string): void {
    this.audit.note({
      action: 'sign_in',
      outcome: 'failure',
      subjectId: user.id,
      caller: device.caller,
      details: { reason },
    });
  }
}
