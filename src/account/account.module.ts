import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { LoginModule } from '../login/login.module.js';
import { MailModule } from '../mail/mail.module.js';
import { PasswordsModule } from '../passwords/passwords.module.js';
import { RateLimitsModule } from '../rate-limits/rate-limits.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { UsersModule } from '../users/users.module.js';
import { ChangeEmailPagesController } from './change-email-pages.controller.js';
import { ComingBackController } from './coming-back.controller.js';
import { ComingBackService } from './coming-back.service.js';
import { DeletionSweepService } from './deletion-sweep.service.js';
import { DenialService } from './denial.service.js';
import { EmailChangeConfirmationService } from './email-change-confirmation.service.js';
import { EmailChangeLinksController } from './email-change-links.controller.js';
import { EmailChangeMailsService } from './email-change-mails.service.js';
import { EmailChangeUndoService } from './email-change-undo.service.js';
import { EmailChangeController } from './email-change.controller.js';
import { EmailChangeService } from './email-change.service.js';
import { EmailVerificationController } from './email-verification.controller.js';
import { EmailVerificationService } from './email-verification.service.js';
import { ForgottenPasswordService } from './forgotten-password.service.js';
import { FormerEmailService } from './former-email.service.js';
import { KeepAccountController } from './keep-account.controller.js';
import { LeavingMailsService } from './leaving-mails.service.js';
import { LeavingController } from './leaving.controller.js';
import { LeavingService } from './leaving.service.js';
import { MySessionsController } from './my-sessions.controller.js';
import { NewEmailService } from './new-email.service.js';
import { NewPasswordService } from './new-password.service.js';
import { OneTimeCodesService } from './one-time-codes.service.js';
import { OneTimeSweepService } from './one-time-sweep.service.js';
import { OneTimeTokensService } from './one-time-tokens.service.js';
import { OwnPasswordService } from './own-password.service.js';
import { PasswordChangeController } from './password-change.controller.js';
import { PasswordChangeService } from './password-change.service.js';
import { PasswordFollowUp } from './password-follow-up.service.js';
import { PasswordPolicyController } from './password-policy.controller.js';
import { PasswordReplacementService } from './password-replacement.service.js';
import { PasswordResetController } from './password-reset.controller.js';
import { PasswordResetService } from './password-reset.service.js';
import { PendingEmailChangeService } from './pending-email-change.service.js';
import { ProfileController } from './profile.controller.js';
import { ReauthenticationController } from './reauthentication.controller.js';
import { ReauthenticationService } from './reauthentication.service.js';
import { RegistrationFollowUp } from './registration-follow-up.service.js';
import { RegistrationMailsService } from './registration-mails.service.js';
import { RegistrationController } from './registration.controller.js';
import { RegistrationService } from './registration.service.js';
import { ResetMailsService } from './reset-mails.service.js';
import { ResetPasswordController } from './reset-password.controller.js';
import { VerifyEmailController } from './verify-email.controller.js';

@Module({
  imports: [
    AuditModule,
    LoginModule,
    MailModule,
    PasswordsModule,
    RateLimitsModule,
    SessionsModule,
    UsersModule,
  ],
  controllers: [
    RegistrationController,
    EmailVerificationController,
    EmailChangeController,
    EmailChangeLinksController,
    ChangeEmailPagesController,
    PasswordPolicyController,
    PasswordResetController,
    PasswordChangeController,
    ResetPasswordController,
    ProfileController,
    MySessionsController,
    ReauthenticationController,
    LeavingController,
    ComingBackController,
    KeepAccountController,
    VerifyEmailController,
  ],
  providers: [
    RegistrationService,
    RegistrationFollowUp,
    RegistrationMailsService,
    DenialService,
    EmailChangeConfirmationService,
    EmailChangeMailsService,
    EmailChangeService,
    EmailChangeUndoService,
    NewEmailService,
    FormerEmailService,
    OneTimeSweepService,
    OwnPasswordService,
    NewPasswordService,
    PasswordFollowUp,
    PasswordReplacementService,
    ForgottenPasswordService,
    ResetMailsService,
    PasswordResetService,
    PasswordChangeService,
    PendingEmailChangeService,
    EmailVerificationService,
    OneTimeTokensService,
    OneTimeCodesService,
    ReauthenticationService,
    LeavingService,
    LeavingMailsService,
    ComingBackService,
    DeletionSweepService,
  ],
})
export class AccountModule {}
