import { Injectable } from '@nestjs/common';
import type { TwoFactorDemand } from '../access/access-rule.js';
import type { Principal } from '../access/principal.js';
import { NotAuthenticated } from '../common/failures.js';
import { SecondFactorsService } from '../two-factor/second-factors.service.js';
import { TwoFactorEnrollmentRequired, TwoFactorRequired } from './auth.errors.js';
import { RecentProofService } from './recent-proof.service.js';

/** Whether a second factor was proved in the session that calls. */
@Injectable()
export class TwoFactorProofs {
  constructor(
    private readonly factors: SecondFactorsService,
    private readonly proofs: RecentProofService,
  ) {}

  /**
   * For what only some calls of a route demand; whole routes say it with `@RequireTwoFactor()`.
   *
   * @throws NotAuthenticated, TwoFactorRequired, TwoFactorEnrollmentRequired, ReauthenticationRequired
   */
  demand(
    calling: Principal | undefined,
    { recent, apiKeys }: TwoFactorDemand = {},
  ): void | Promise<void> {
    if (calling?.twoFactorAt !== undefined) {
      if (recent) this.proofs.demandOf(calling.twoFactorAt);
      return;
    }
    if (apiKeys && calling?.via === 'api-key') return;
    return this.refuse(calling);
  }

  /** Says what is missing. @throws NotAuthenticated, TwoFactorRequired, TwoFactorEnrollmentRequired */
  async refuse(calling: Principal | undefined): Promise<never> {
    if (calling === undefined) throw new NotAuthenticated();
    if (calling.via === 'api-key') {
      throw new TwoFactorRequired({ detail: 'An API key proves no second factor.' });
    }
    const methods = await this.factors.methodsOf(calling.user.id);
    if (methods.length === 0) throw new TwoFactorEnrollmentRequired();
    throw new TwoFactorRequired({ detail: `Prove it with one of: ${methods.join(', ')}.` });
  }
}
