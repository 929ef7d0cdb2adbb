import { Module } from '@nestjs/common';
import { MailModule } from '../mail/mail.module.js';
import { PasswordsModule } from '../passwords/passwords.module.js';
import { UsersModule } from '../users/users.module.js';
import { EmailVerificationService } from './email-verification.service.js';
import { OneTimeTokensService } from './one-time-tokens.service.js';
import { PasswordPolicyController } from './password-policy.controller.js';
import { ProfileController } from './profile.controller.js';
import { RegistrationController } from './registration.controller.js';
import { RegistrationService } from './registration.service.js';
import { VerifyEmailController } from './verify-email.controller.js';

@Module({
  imports: [MailModule, PasswordsModule, UsersModule],
  controllers: [
    RegistrationController,
    PasswordPolicyController,
    ProfileController,
    VerifyEmailController,
  ],
  providers: [RegistrationService, EmailVerificationService, OneTimeTokensService],
})
export class AccountModule {}
