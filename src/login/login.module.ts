import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { MailModule } from '../mail/mail.module.js';
import { PasswordsModule } from '../passwords/passwords.module.js';
import { RateLimitsModule } from '../rate-limits/rate-limits.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { UsersModule } from '../users/users.module.js';
import { ActiveStage } from './active.stage.js';
import { DeviceCookie } from './device-cookie.service.js';
import { EmailVerifiedStage } from './email-verified.stage.js';
import { FormerSession } from './former-session.service.js';
import { KnownDevicesService } from './known-devices.service.js';
import { LocalStrategy } from './local.strategy.js';
import { LoginCarrier } from './login-carrier.js';
import { LOGIN_STAGES, type LoginStage } from './login-stage.js';
import { LoginController } from './login.controller.js';
import { LoginService } from './login.service.js';
import { NewDeviceNotice } from './new-device-notice.service.js';
import { SignInAttempts } from './sign-in-attempts.service.js';
import { SignInWatch } from './sign-in-watch.service.js';

@Module({
  imports: [
    AuditModule,
    MailModule,
    PasswordsModule,
    RateLimitsModule,
    SessionsModule,
    UsersModule,
  ],
  controllers: [LoginController],
  providers: [
    LoginService,
    LoginCarrier,
    SignInAttempts,
    SignInWatch,
    DeviceCookie,
    FormerSession,
    KnownDevicesService,
    NewDeviceNotice,
    LocalStrategy,
    ActiveStage,
    EmailVerifiedStage,
    {
      provide: LOGIN_STAGES,
      useFactory: (...stages: LoginStage[]) => stages,
      inject: [ActiveStage, EmailVerifiedStage],
    },
  ],
  exports: [LoginService, SignInAttempts, DeviceCookie, KnownDevicesService],
})
export class LoginModule {}
