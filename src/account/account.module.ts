import { Module } from '@nestjs/common';
import { ApiKeysModule } from '../api-keys/api-keys.module.js';
import { AuditModule } from '../audit/audit.module.js';
import { LoginModule } from '../login/login.module.js';
import { MailModule } from '../mail/mail.module.js';
import { PasswordsModule } from '../passwords/passwords.module.js';
import { PermissionsModule } from '../permissions/permissions.module.js';
import { RateLimitsModule } from '../rate-limits/rate-limits.module.js';
import { ServiceAccountsModule } from '../service-accounts/service-accounts.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { TwoFactorModule } from '../two-factor/two-factor.module.js';
import { UsersModule } from '../users/users.module.js';
import { ApiKeyMails } from './api-keys/api-key-mails.service.js';
import { ApiKeyWarnings } from './api-keys/api-key-warnings.service.js';
import { KeyHoldersModule } from './api-keys/key-holders.module.js';
import { OwnApiKeysController } from './api-keys/own-api-keys.controller.js';
import { OwnApiKeys } from './api-keys/own-api-keys.service.js';
import { ChangeEmailPagesController } from './email-change/change-email-pages.controller.js';
import { EmailChangeConfirmationService } from './email-change/email-change-confirmation.service.js';
import { EmailChangeLinksController } from './email-change/email-change-links.controller.js';
import { EmailChangeMailsService } from './email-change/email-change-mails.service.js';
import { EmailChangeUndoService } from './email-change/email-change-undo.service.js';
import { EmailChangeController } from './email-change/email-change.controller.js';
import { EmailChangeService } from './email-change/email-change.service.js';
import { FormerEmailService } from './email-change/former-email.service.js';
import { LaterWaysIn } from './email-change/later-ways-in.service.js';
import { NewEmailService } from './email-change/new-email.service.js';
import { PendingEmailChangeService } from './email-change/pending-email-change.service.js';
import { FactorResetMails } from './factor-reset/factor-reset-mails.service.js';
import { FactorResetStop } from './factor-reset/factor-reset-stop.service.js';
import { FactorResetController } from './factor-reset/factor-reset.controller.js';
import { StopFactorResetController } from './factor-reset/stop-factor-reset.controller.js';
import { ComingBackController } from './leaving/coming-back.controller.js';
import { ComingBackService } from './leaving/coming-back.service.js';
import { DeletionSweepService } from './leaving/deletion-sweep.service.js';
import { KeepAccountController } from './leaving/keep-account.controller.js';
import { LeavingMailsService } from './leaving/leaving-mails.service.js';
import { LeavingController } from './leaving/leaving.controller.js';
import { LeavingService } from './leaving/leaving.service.js';
import { MySessionsController } from './me/my-sessions.controller.js';
import { PasskeyProofController } from './me/passkey-proof.controller.js';
import { ProfileController } from './me/profile.controller.js';
import { ReauthenticationController } from './me/reauthentication.controller.js';
import { ReauthenticationService } from './me/reauthentication.service.js';
import { ForgottenPasswordService } from './password/forgotten-password.service.js';
import { NewPasswordService } from './password/new-password.service.js';
import { PasswordChangeController } from './password/password-change.controller.js';
import { PasswordChangeService } from './password/password-change.service.js';
import { PasswordFollowUp } from './password/password-follow-up.service.js';
import { PasswordPolicyController } from './password/password-policy.controller.js';
import { PasswordReplacementService } from './password/password-replacement.service.js';
import { PasswordResetController } from './password/password-reset.controller.js';
import { PasswordResetService } from './password/password-reset.service.js';
import { ResetMailsService } from './password/reset-mails.service.js';
import { ResetPasswordController } from './password/reset-password.controller.js';
import { OneTimeCodesService } from './proof/one-time-codes.service.js';
import { OneTimeSweepService } from './proof/one-time-sweep.service.js';
import { OneTimeTokensService } from './proof/one-time-tokens.service.js';
import { OwnPasswordService } from './proof/own-password.service.js';
import { DenialService } from './registration/denial.service.js';
import { EmailVerificationController } from './registration/email-verification.controller.js';
import { EmailVerificationService } from './registration/email-verification.service.js';
import { RegistrationFollowUp } from './registration/registration-follow-up.service.js';
import { RegistrationMailsService } from './registration/registration-mails.service.js';
import { RegistrationController } from './registration/registration.controller.js';
import { RegistrationService } from './registration/registration.service.js';
import { VerifyEmailController } from './registration/verify-email.controller.js';
import { FactorChanges } from './two-factor/factor-changes.service.js';
import { FactorFollowUp } from './two-factor/factor-follow-up.service.js';
import { FactorSessions } from './two-factor/factor-sessions.service.js';
import { FactorSet } from './two-factor/factor-set.service.js';
import { OwnPasskeysController } from './two-factor/own-passkeys.controller.js';
import { OwnPasskeys } from './two-factor/own-passkeys.service.js';
import { OwnRecoveryCodes } from './two-factor/own-recovery-codes.service.js';
import { SetUpBudget } from './two-factor/set-up-budget.service.js';
import { TotpSetUpService } from './two-factor/totp-set-up.service.js';
import { TotpController } from './two-factor/totp.controller.js';
import { TrustedDevicesController } from './two-factor/trusted-devices.controller.js';
import { TwoFactorOverview } from './two-factor/two-factor-overview.service.js';
import { TwoFactorController } from './two-factor/two-factor.controller.js';

@Module({
  imports: [
    ApiKeysModule,
    AuditModule,
    KeyHoldersModule,
    LoginModule,
    MailModule,
    PasswordsModule,
    PermissionsModule,
    RateLimitsModule,
    ServiceAccountsModule,
    SessionsModule,
    TwoFactorModule,
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
    PasskeyProofController,
    OwnPasskeysController,
    OwnApiKeysController,
    LeavingController,
    ComingBackController,
    KeepAccountController,
    VerifyEmailController,
    TrustedDevicesController,
    TwoFactorController,
    TotpController,
    FactorResetController,
    StopFactorResetController,
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
    LaterWaysIn,
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
    FactorResetMails,
    FactorResetStop,
    FactorChanges,
    FactorFollowUp,
    FactorSessions,
    FactorSet,
    OwnRecoveryCodes,
    SetUpBudget,
    TotpSetUpService,
    TwoFactorOverview,
    OwnPasskeys,
    OwnApiKeys,
    ApiKeyMails,
    ApiKeyWarnings,
  ],
  exports: [FactorResetMails, ResetMailsService, OneTimeTokensService],
})
export class AccountModule {}
