import { Module } from '@nestjs/common';
import { ApiKeysModule } from '../../api-keys/api-keys.module.js';
import { AuthModule } from '../../auth/auth.module.js';
import { MailModule } from '../../mail/mail.module.js';
import { PermissionsModule } from '../../permissions/permissions.module.js';
import { ServiceAccountsModule } from '../../service-accounts/service-accounts.module.js';
import { GroupsOfficeModule } from '../groups/groups-office.module.js';
import { DeskService } from '../users/desk.service.js';
import { UserRightsService } from '../users/user-rights.service.js';
import { UsersOfficeModule } from '../users/users-office.module.js';
import { Responsibles } from './responsibles.service.js';
import { ServiceAccountDesk } from './service-account-desk.service.js';
import { ServiceAccountKeysController } from './service-account-keys.controller.js';
import { ServiceAccountKeys } from './service-account-keys.service.js';
import { ServiceAccountPermissionsController } from './service-account-permissions.controller.js';
import { ServiceAccountsOffice } from './service-accounts-office.service.js';
import { ServiceAccountsController } from './service-accounts.controller.js';
import { ServiceKeyMails } from './service-key-mails.service.js';

/** Principals for servers. */
@Module({
  imports: [
    ApiKeysModule,
    AuthModule,
    MailModule,
    PermissionsModule,
    ServiceAccountsModule,
    UsersOfficeModule,
    GroupsOfficeModule,
  ],
  controllers: [
    ServiceAccountsController,
    ServiceAccountPermissionsController,
    ServiceAccountKeysController,
  ],
  providers: [
    ServiceAccountDesk,
    ServiceAccountsOffice,
    ServiceAccountKeys,
    ServiceKeyMails,
    Responsibles,
    // What they hold is told, given and taken as of people, only over this desk.
    { provide: DeskService, useExisting: ServiceAccountDesk },
    UserRightsService,
  ],
})
export class ServiceAccountsOfficeModule {}
