import { Module } from '@nestjs/common';
import { AuthorizationModule } from './authorization/authorization.module.js';
import { GroupsOfficeModule } from './groups/groups-office.module.js';
import { ObjectPermissionsModule } from './object-permissions/object-permissions.module.js';
import { CatalogueModule } from './permissions/catalogue.module.js';
import { ServiceAccountsOfficeModule } from './service-accounts/service-accounts-office.module.js';
import { UsersOfficeModule } from './users/users-office.module.js';

/** The office: what administrators do with accounts, groups and rights. Each of its desks is a module of its own. */
@Module({
  imports: [
    AuthorizationModule,
    GroupsOfficeModule,
    ObjectPermissionsModule,
    CatalogueModule,
    UsersOfficeModule,
    ServiceAccountsOfficeModule,
  ],
})
export class AdminModule {}
