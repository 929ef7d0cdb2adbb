import { Injectable } from '@nestjs/common';
import type { Principal } from '../../access/principal.js';
import { Clock } from '../../common/clock.js';
import { TwoFactorDemands } from '../../permissions/demands/two-factor-demands.service.js';
import { levelOf } from '../../sessions/proof.js';
import { FactorRows } from '../../two-factor/factor-rows.service.js';
import { TwoFactorDto } from './two-factor.dto.js';

/** What somebody has set up, what she must have, and how far she has come. */
@Injectable()
export class TwoFactorOverview {
  constructor(
    private readonly factors: FactorRows,
    private readonly demands: TwoFactorDemands,
    private readonly clock: Clock,
  ) {}

  async of({ user, twoFactorAt, enrollBy }: Principal): Promise<TwoFactorDto> {
    const summary = await this.factors.summaryOf(user.id);
    const required = await this.demands.find(user);
    const reached = { twoFactorAt: twoFactorAt ?? null, enrollBy: enrollBy ?? null };
    const level = levelOf(reached, this.clock.now());
    return TwoFactorDto.of(summary, required, { level, enrollBy: reached.enrollBy });
  }
}
