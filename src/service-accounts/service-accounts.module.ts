import { Module } from '@nestjs/common';
import { PermissionsModule } from '../permissions/permissions.module.js';
import { UsersModule } from '../users/users.module.js';
import { ResponsibleService } from './responsible.service.js';
import { ServiceAccountsService } from './service-accounts.service.js';

/** Principals for servers: what they are, and who answers for them. */
@Module({
  imports: [PermissionsModule, UsersModule],
  providers: [ServiceAccountsService, ResponsibleService],
  exports: [ServiceAccountsService, ResponsibleService],
})
export class ServiceAccountsModule {}
