import { Injectable } from '@nestjs/common';
import type { Principal } from '../../access/principal.js';
import { NotFound } from '../../common/failures.js';
import type { Caller } from '../../common/http/caller.js';
import { Settings } from '../../config/settings.js';
import { EmailNotVerified } from '../../login/login.errors.js';
import { toBase32 } from '../../two-factor/totp/base32.js';
import { otpauthUri } from '../../two-factor/totp/otpauth-uri.js';
import { qrCodeOf } from '../../two-factor/totp/qr-code.js';
import { ENROLLMENT_TTL, TotpEnrollments } from '../../two-factor/totp/totp-enrollments.service.js';
import { type AddedFactor, FactorChanges } from './factor-changes.service.js';
import { SetUpBudget } from './set-up-budget.service.js';
import type { TotpSetUpDto } from './two-factor.dto.js';
import { TotpEnrolled, TotpNotBegun, WrongTotpCode } from './two-factor.errors.js';

/** Setting up an authenticator app, and giving it up. */
@Injectable()
export class TotpSetUpService {
  constructor(
    private readonly enrollments: TotpEnrollments,
    private readonly changes: FactorChanges,
    private readonly budget: SetUpBudget,
    private readonly settings: Settings,
  ) {}

  /** The one that she has stays as it is until the new one is confirmed. @throws TotpEnrolled, EmailNotVerified */
  async begin(principal: Principal, replace: boolean): Promise<TotpSetUpDto> {
    const { email, secret } = await this.changes.within(principal, async (manager, user) => {
      const { id } = user;
      if (user.emailVerifiedAt === null) throw new EmailNotVerified();
      const enrolled = await this.enrollments.factorOf(manager, id);
      if (enrolled !== undefined && !replace) throw new TotpEnrolled();
      return { email: user.email, secret: await this.enrollments.begin(manager, id) };
    });
    const uri = otpauthUri({ service: this.settings.twoFactor.serviceName, email, secret });
    return {
      secret: toBase32(secret),
      otpauthUri: uri,
      qrCode: await qrCodeOf(uri),
      expiresIn: ENROLLMENT_TTL,
    };
  }

  /** @throws TotpNotBegun, WrongTotpCode, TooManyAttempts, EmailNotVerified, InvalidToken */
  confirm(principal: Principal, code: string, caller: Caller): Promise<AddedFactor> {
    const userId = principal.user.id;
    return this.budget.during({ userId, caller }, () =>
      this.changes.add({ principal, caller, kind: 'totp' }, async (manager) => {
        const replaced = (await this.enrollments.factorOf(manager, userId)) !== undefined;
        const found = await this.enrollments.confirm(manager, userId, code);
        if (found === 'none') throw new TotpNotBegun();
        if (found === 'wrong') throw new WrongTotpCode();
        return { methods: ['otp', 'mfa'], replaced };
      }),
    );
  }

  /** @throws NotFound, SecondFactorDemanded, InvalidToken */
  remove(principal: Principal, caller: Caller): Promise<void> {
    return this.changes.remove({ principal, caller, kind: 'totp' }, async (manager, { id }) => {
      if (!(await this.enrollments.remove(manager, id))) throw new NotFound();
    });
  }
}
