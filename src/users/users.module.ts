import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { NewsModule } from '../database/news/news.module.js';
import { KnownUsersService } from './known-users.service.js';
import { LeavingUsersService } from './leaving-users.service.js';
import { ManagedUsersService } from './managed-users.service.js';
import { ServiceUsersService } from './service-users.service.js';
import { TwoFactorDueService } from './two-factor-due.service.js';
import { UserCredentialsService } from './user-credentials.service.js';
import { UserEmailsService } from './user-emails.service.js';
import { UsersService } from './users.service.js';

const forOtherRooms = [
  UsersService,
  UserCredentialsService,
  LeavingUsersService,
  ManagedUsersService,
  UserEmailsService,
  KnownUsersService,
  TwoFactorDueService,
  ServiceUsersService,
];

@Module({
  imports: [AuditModule, NewsModule],
  providers: forOtherRooms,
  exports: forOtherRooms,
})
export class UsersModule {}
