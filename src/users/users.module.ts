import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { NewsModule } from '../database/news/news.module.js';
import { KnownUsersService } from './known-users.service.js';
import { LeavingUsersService } from './leaving-users.service.js';
import { UserEmailsService } from './user-emails.service.js';
import { UsersService } from './users.service.js';

@Module({
  imports: [AuditModule, NewsModule],
  providers: [UsersService, LeavingUsersService, UserEmailsService, KnownUsersService],
  exports: [UsersService, LeavingUsersService, UserEmailsService, KnownUsersService],
})
export class UsersModule {}
