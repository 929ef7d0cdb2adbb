import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { MailModule } from '../mail/mail.module.js';
import { RateLimitsModule } from '../rate-limits/rate-limits.module.js';
import { UsersModule } from '../users/users.module.js';
import { FactorList } from './factor-list.service.js';
import { FactorRows } from './factor-rows.service.js';
import { GuessNotice } from './guess-notice.service.js';
import { PasskeyAlarm } from './passkeys/passkey-alarm.service.js';
import { PasskeyAssertions } from './passkeys/passkey-assertions.service.js';
import { PasskeyChallenges } from './passkeys/passkey-challenges.service.js';
import { PasskeyRegistration } from './passkeys/passkey-registration.service.js';
import { PasskeySecondFactor } from './passkeys/passkey.second-factor.js';
import { PasskeysService } from './passkeys/passkeys.service.js';
import { RecoveryCodeSecondFactor } from './recovery-codes/recovery-code.second-factor.js';
import { RecoveryCodesService } from './recovery-codes/recovery-codes.service.js';
import { ResetNews } from './reset-news.service.js';
import { ResetStops } from './reset-stops.service.js';
import { SECOND_FACTORS, type SecondFactor } from './second-factor.js';
import { SecondFactorsService } from './second-factors.service.js';
import { TotpEnrollments } from './totp/totp-enrollments.service.js';
import { TotpSecrets } from './totp/totp-secrets.service.js';
import { TotpSecondFactor } from './totp/totp.second-factor.js';
import { TwoFactorResets } from './two-factor-resets.service.js';
import { TwoFactorSweep } from './two-factor-sweep.service.js';

@Module({
  imports: [AuditModule, MailModule, RateLimitsModule, UsersModule],
  providers: [
    SecondFactorsService,
    GuessNotice,
    TotpSecrets,
    TotpEnrollments,
    TotpSecondFactor,
    RecoveryCodesService,
    RecoveryCodeSecondFactor,
    FactorRows,
    TwoFactorSweep,
    PasskeysService,
    PasskeyChallenges,
    PasskeyRegistration,
    PasskeyAssertions,
    PasskeyAlarm,
    PasskeySecondFactor,
    FactorList,
    TwoFactorResets,
    ResetStops,
    ResetNews,
    {
      provide: SECOND_FACTORS,
      useFactory: (...factors: SecondFactor[]) => factors,
      inject: [TotpSecondFactor, PasskeySecondFactor, RecoveryCodeSecondFactor],
    },
  ],
  exports: [
    SecondFactorsService,
    FactorRows,
    RecoveryCodesService,
    TotpEnrollments,
    TotpSecrets,
    PasskeysService,
    PasskeyRegistration,
    PasskeyAssertions,
    FactorList,
    TwoFactorResets,
    ResetStops,
    ResetNews,
  ],
})
export class TwoFactorModule {}
