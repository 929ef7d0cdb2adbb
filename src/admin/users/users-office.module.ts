import { Module } from '@nestjs/common';
import { AccountModule } from '../../account/account.module.js';
import { AuditModule } from '../../audit/audit.module.js';
import { AuthModule } from '../../auth/auth.module.js';
import { MailModule } from '../../mail/mail.module.js';
import { PermissionsModule } from '../../permissions/permissions.module.js';
import { RateLimitsModule } from '../../rate-limits/rate-limits.module.js';
import { SessionsModule } from '../../sessions/sessions.module.js';
import { TwoFactorModule } from '../../two-factor/two-factor.module.js';
import { UsersModule } from '../../users/users.module.js';
import { DeskService } from './desk.service.js';
import { FactorResetRequest } from './factor-reset-request.service.js';
import { FactorResetsService } from './factor-resets.service.js';
import { FollowUpService } from './follow-up.service.js';
import { InvitationsService } from './invitations.service.js';
import { MyPermissionsController } from './my-permissions.controller.js';
import { ResetLinksService } from './reset-links.service.js';
import { UserChangesService } from './user-changes.service.js';
import { UserDirectoryService } from './user-directory.service.js';
import { UserPermissionsController } from './user-permissions.controller.js';
import { UserRightsService } from './user-rights.service.js';
import { UserSessionsController } from './user-sessions.controller.js';
import { UserSessionsService } from './user-sessions.service.js';
import { UserTwoFactorController } from './user-two-factor.controller.js';
import { UsersController } from './users.controller.js';

/** Accounts. */
@Module({
  imports: [
    AccountModule,
    AuditModule,
    AuthModule,
    MailModule,
    PermissionsModule,
    RateLimitsModule,
    SessionsModule,
    TwoFactorModule,
    UsersModule,
  ],
  controllers: [
    UsersController,
    UserSessionsController,
    UserTwoFactorController,
    UserPermissionsController,
    MyPermissionsController,
  ],
  providers: [
    DeskService,
    UserDirectoryService,
    InvitationsService,
    UserChangesService,
    FollowUpService,
    ResetLinksService,
    UserSessionsService,
    UserRightsService,
    FactorResetsService,
    FactorResetRequest,
  ],
  exports: [FollowUpService],
})
export class UsersOfficeModule {}
