import { Module } from '@nestjs/common';
import { AuditModule } from '../../audit/audit.module.js';
import { PermissionsModule } from '../../permissions/permissions.module.js';
import { UsersModule } from '../../users/users.module.js';
import { SubjectViews } from '../subject-views.service.js';
import { AuthorizationController } from './authorization.controller.js';
import { ChecksService } from './checks.service.js';
import { InquiriesService } from './inquiries.service.js';
import { WhatIfController } from './what-if.controller.js';

@Module({
  imports: [AuditModule, PermissionsModule, UsersModule],
  controllers: [AuthorizationController, WhatIfController],
  providers: [ChecksService, InquiriesService, SubjectViews],
})
export class AuthorizationModule {}
