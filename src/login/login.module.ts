import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { MailModule } from '../mail/mail.module.js';
import { PasswordsModule } from '../passwords/passwords.module.js';
import { PermissionsModule } from '../permissions/permissions.module.js';
import { RateLimitsModule } from '../rate-limits/rate-limits.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { TwoFactorModule } from '../two-factor/two-factor.module.js';
import { UsersModule } from '../users/users.module.js';
import { ActiveStage } from './active.stage.js';
import { DeviceCookie } from './device-cookie.service.js';
import { DistrustService } from './distrust.service.js';
import { EmailVerifiedStage } from './email-verified.stage.js';
import { EnrollmentStage } from './enrollment.stage.js';
import { DueResetStage } from './factor-reset/due-reset.stage.js';
import { FactorRemoval } from './factor-reset/factor-removal.service.js';
import { FactorResetSweep } from './factor-reset/factor-reset-sweep.service.js';
import { FactorResetService } from './factor-reset/factor-reset.service.js';
import { RequesterService } from './factor-reset/requester.service.js';
import { FormerSession } from './former-session.service.js';
import { KnownDevicesService } from './known-devices.service.js';
import { LocalStrategy } from './local.strategy.js';
import { LoginCarrier } from './login-carrier.js';
import { LoginChallengesSweep } from './login-challenges-sweep.service.js';
import { LoginChallenges } from './login-challenges.service.js';
import { LOGIN_STAGES, type LoginStage } from './login-stage.js';
import { LoginController } from './login.controller.js';
import { LoginService } from './login.service.js';
import { NewDeviceNotice } from './new-device-notice.service.js';
import { OpeningService } from './opening.service.js';
import { PasskeyFactorController } from './passkey-factor.controller.js';
import { PasskeyLoginController } from './passkey-login.controller.js';
import { PasskeyLoginService } from './passkey-login.service.js';
import { PasskeyProof } from './passkey-proof.service.js';
import { SecondFactorStage } from './second-factor.stage.js';
import { SignInAttempts } from './sign-in-attempts.service.js';
import { SignInWatch } from './sign-in-watch.service.js';
import { TrustedDevicesService } from './trusted-devices.service.js';
import { TwoFactorLoginController } from './two-factor-login.controller.js';
import { TwoFactorLoginService } from './two-factor-login.service.js';

@Module({
  imports: [
    AuditModule,
    MailModule,
    PasswordsModule,
    PermissionsModule,
    RateLimitsModule,
    SessionsModule,
    TwoFactorModule,
    UsersModule,
  ],
  controllers: [
    LoginController,
    TwoFactorLoginController,
    PasskeyLoginController,
    PasskeyFactorController,
  ],
  providers: [
    LoginService,
    LoginCarrier,
    SignInAttempts,
    SignInWatch,
    LoginChallenges,
    LoginChallengesSweep,
    OpeningService,
    TrustedDevicesService,
    DistrustService,
    TwoFactorLoginService,
    PasskeyLoginService,
    PasskeyProof,
    DeviceCookie,
    FormerSession,
    KnownDevicesService,
    NewDeviceNotice,
    LocalStrategy,
    ActiveStage,
    EmailVerifiedStage,
    SecondFactorStage,
    EnrollmentStage,
    DueResetStage,
    FactorResetService,
    FactorResetSweep,
    FactorRemoval,
    RequesterService,
    {
      provide: LOGIN_STAGES,
      useFactory: (...stages: LoginStage[]) => stages,
      inject: [ActiveStage, EmailVerifiedStage, DueResetStage, SecondFactorStage, EnrollmentStage],
    },
  ],
  exports: [
    LoginService,
    LoginCarrier,
    SignInAttempts,
    DeviceCookie,
    KnownDevicesService,
    TrustedDevicesService,
    DistrustService,
  ],
})
export class LoginModule {}
