import { Injectable } from '@nestjs/common';
import { SecondFactorsService } from '../two-factor/second-factors.service.js';
import { type Finding, type Login, LoginStage } from './login-stage.js';
import { TrustedDevicesService } from './trusted-devices.service.js';

/** Whoever has a second factor shows it, whichever way she came, unless she trusts the device that she came on. */
@Injectable()
export class SecondFactorStage extends LoginStage {
  readonly refusal = 'second_factor';

  constructor(
    private readonly factors: SecondFactorsService,
    private readonly trusted: TrustedDevicesService,
  ) {
    super();
  }

  async check({ user, twoFactorAt, methods, deviceToken }: Login): Promise<Finding | undefined> {
    if (twoFactorAt !== undefined) return undefined;
    const ready = await this.factors.methodsOf(user.id);
    if (ready.length === 0) return undefined;
    const trustedAt = await this.trusted.since(user.id, deviceToken);
    if (trustedAt === undefined) return { due: ready };
    return { adds: { twoFactorAt: trustedAt, methods: [...methods, 'device'], onTrust: true } };
  }
}
