import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { PasswordsModule } from '../passwords/passwords.module.js';
import { RateLimitsModule } from '../rate-limits/rate-limits.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { UsersModule } from '../users/users.module.js';
import { ActiveStage } from './active.stage.js';
import { EmailVerifiedStage } from './email-verified.stage.js';
import { LocalStrategy } from './local.strategy.js';
import { LoginCarrier } from './login-carrier.js';
import { LOGIN_STAGES, type LoginStage } from './login-stage.js';
import { LoginController } from './login.controller.js';
import { LoginService } from './login.service.js';
import { SignInAttempts } from './sign-in-attempts.service.js';

@Module({
  imports: [AuditModule, PasswordsModule, RateLimitsModule, SessionsModule, UsersModule],
  controllers: [LoginController],
  providers: [
    LoginService,
    LoginCarrier,
    SignInAttempts,
    LocalStrategy,
    ActiveStage,
    EmailVerifiedStage,
    {
      provide: LOGIN_STAGES,
      useFactory: (...stages: LoginStage[]) => stages,
      inject: [ActiveStage, EmailVerifiedStage],
    },
  ],
  exports: [LoginService],
})
export class LoginModule {}
