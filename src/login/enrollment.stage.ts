import { Injectable } from '@nestjs/common';
import { TwoFactorDemands } from '../permissions/demands/two-factor-demands.service.js';
import { TwoFactorDueService } from '../users/two-factor-due.service.js';
import { type Finding, type Login, LoginStage } from './login-stage.js';

/** Whoever must have a second factor and has none gets in to set one up, and while the grace lasts to do all else. */
@Injectable()
export class EnrollmentStage extends LoginStage {
  readonly refusal = 'enrollment';

  constructor(
    private readonly demands: TwoFactorDemands,
    private readonly due: TwoFactorDueService,
  ) {
    super();
  }

  async check({ user, twoFactorAt }: Login): Promise<Finding | undefined> {
    if (twoFactorAt !== undefined || !(await this.demands.read(user))) return undefined;
    return { adds: { enrollBy: await this.due.of(user) } };
  }
}
