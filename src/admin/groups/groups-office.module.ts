import { Module } from '@nestjs/common';
import { AuditModule } from '../../audit/audit.module.js';
import { AuthModule } from '../../auth/auth.module.js';
import { PermissionsModule } from '../../permissions/permissions.module.js';
import { UsersModule } from '../../users/users.module.js';
import { Recipients } from '../recipients.service.js';
import { SubjectViews } from '../subject-views.service.js';
import { BelongingsService } from './belongings.service.js';
import { GroupDesk } from './group-desk.service.js';
import { GroupMembersController } from './group-members.controller.js';
import { GroupPermissionsOffice } from './group-permissions-office.service.js';
import { GroupPermissionsController } from './group-permissions.controller.js';
import { GroupsOffice } from './groups-office.service.js';
import { GroupsController } from './groups.controller.js';
import { IncludedGroupsController } from './included-groups.controller.js';
import { Inclusions } from './inclusions.service.js';
import { Memberships } from './memberships.service.js';

@Module({
  imports: [AuditModule, AuthModule, PermissionsModule, UsersModule],
  controllers: [
    GroupsController,
    GroupPermissionsController,
    GroupMembersController,
    IncludedGroupsController,
  ],
  providers: [
    Recipients,
    SubjectViews,
    BelongingsService,
    GroupDesk,
    GroupsOffice,
    GroupPermissionsOffice,
    Memberships,
    Inclusions,
  ],
  exports: [Memberships, Recipients],
})
export class GroupsOfficeModule {}
