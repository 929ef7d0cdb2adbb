import { Injectable } from '@nestjs/common';
import { ResetStops } from '../../two-factor/reset-stops.service.js';
import { type Finding, type Login, LoginStage } from '../login-stage.js';
import { FactorResetService } from './factor-reset.service.js';

/** Whoever lost her second factor and waited long enough comes in without; whoever shows one has not lost it. */
@Injectable()
export class DueResetStage extends LoginStage {
  readonly refusal = 'second_factor_reset';

  constructor(
    private readonly resets: FactorResetService,
    private readonly stops: ResetStops,
  ) {
    super();
  }

  async check({ user, twoFactorAt, device }: Login): Promise<Finding | undefined> {
    if (twoFactorAt !== undefined) {
      await this.stops.byProof(user.id, device.caller);
      return undefined;
    }
    const renewed = await this.resets.executeFor(user);
    return renewed && { adds: { user: renewed } };
  }
}
